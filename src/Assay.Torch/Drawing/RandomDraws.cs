namespace Assay.Torch.Drawing;

/// <summary>
/// Draws equal bit for bit to those of torch's CPU tensors, <c>normal_(mean, std, generator)</c> and <c>uniform_(from, to, generator)</c>
/// (aten/src/ATen/native/cpu/DistributionTemplates.h and core/DistributionsHelper.h), by the variant that runs on CPUs with AVX2.
/// Under 16 numbers each is drawn alone, in double precision; otherwise the memory is filled with uniform draws, which Box and Muller's
/// transform turns into normal ones in groups of 16. Where a last group is not full, the last 16 numbers are drawn
/// anew.
/// </summary>
internal static class RandomDraws
{
    private const int Group = 16;

    public static void Normal(MersenneTwister twister, double mean, double deviation, Span<float> values)
    {
        if (values.Length < Group)
        {
            foreach (ref var value in values)
                value = (float)One(twister, mean, deviation);
            return;
        }

        Uniform(twister, 0, 1, values);
        for (var i = 0; i + Group <= values.Length; i += Group)
        {
            SingleNormals.Transform(values.Slice(i, Group), (float)mean, (float)deviation);
        }

        if (values.Length % Group == 0)
            return;
        Uniform(twister, 0, 1, values[^Group..]);
        SingleNormals.Transform(values[^Group..], (float)mean, (float)deviation);
    }

    public static void Normal(MersenneTwister twister, double mean, double deviation, Span<double> values)
    {
        if (values.Length < Group)
        {
            foreach (ref var value in values)
                value = One(twister, mean, deviation);
            return;
        }

        Uniform(twister, 0, 1, values);
        for (var i = 0; i + Group <= values.Length; i += Group)
            Transform(values.Slice(i, Group), mean, deviation);
        if (values.Length % Group == 0)
            return;
        Uniform(twister, 0, 1, values[^Group..]);
        Transform(values[^Group..], mean, deviation);
    }

    /// <summary>From [low, high): 24 random bits each.</summary>
    public static void Uniform(MersenneTwister twister, double low, double high, Span<float> values)
    {
        const uint Mask = (1u << 24) - 1;
        float from = (float)low,
            range = (float)high - from;
        foreach (ref var value in values)
            value = MathF.FusedMultiplyAdd((twister.Next() & Mask) * (1f / (1 << 24)), range, from);
    }

    /// <summary>From [low, high): 53 random bits each.</summary>
    public static void Uniform(MersenneTwister twister, double low, double high, Span<double> values)
    {
        foreach (ref var value in values)
            value = Math.FusedMultiplyAdd(Unit(twister), high - low, low);
    }

    private static double Unit(MersenneTwister twister) => (twister.NextLong() & ((1ul << 53) - 1)) * (1.0 / (1ul << 53));

    // torch 1.13 takes log(1 - u), later ones log1p(-u): the same number, since 1 - u is exact here, but now and then for the last bit of
    // a double.
    private static double One(MersenneTwister twister, double mean, double deviation)
    {
        if (twister.KeptNormal is { } kept)
        {
            twister.KeptNormal = null;
            return Math.FusedMultiplyAdd(kept, deviation, mean);
        }

        double first = Unit(twister),
            second = Unit(twister);
        var radius = Math.Sqrt(-2.0 * Math.Log(1.0 - second));
        var angle = 2.0 * Math.PI * first;
        twister.KeptNormal = radius * Math.Sin(angle);
        return Math.FusedMultiplyAdd(radius * Math.Cos(angle), deviation, mean);
    }

    private static void Transform(Span<double> group, double mean, double deviation)
    {
        for (var i = 0; i < Group / 2; i++)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - group[i]));
            var angle = 2.0 * Math.PI * group[i + Group / 2];
            group[i] = Math.FusedMultiplyAdd(radius * Math.Cos(angle), deviation, mean);
            group[i + Group / 2] = Math.FusedMultiplyAdd(radius * Math.Sin(angle), deviation, mean);
        }
    }
}
