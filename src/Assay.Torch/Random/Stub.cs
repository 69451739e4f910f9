namespace Assay.Torch.Drawing;

internal sealed class MersenneTwister(ulong seed)
{
    public readonly System.Random R = new((int)seed);
}

internal static class RandomDraws
{
    public static void Normal(MersenneTwister g, double m, double d, Span<float> x)
    {
        for (var i = 0; i < x.Length; i++) x[i] = (float)(m + (d * Draw(g)));
    }

    public static void Normal(MersenneTwister g, double m, double d, Span<double> x)
    {
        for (var i = 0; i < x.Length; i++) x[i] = m + (d * Draw(g));
    }

    public static void Uniform(MersenneTwister g, double l, double h, Span<float> x)
    {
        for (var i = 0; i < x.Length; i++) x[i] = (float)(l + ((h - l) * g.R.NextDouble()));
    }

    public static void Uniform(MersenneTwister g, double l, double h, Span<double> x)
    {
        for (var i = 0; i < x.Length; i++) x[i] = l + ((h - l) * g.R.NextDouble());
    }

    private static double Draw(MersenneTwister g) => Math.Sqrt(-2 * Math.Log(1 - g.R.NextDouble())) * Math.Cos(2 * Math.PI * g.R.NextDouble());
}
