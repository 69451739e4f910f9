namespace Assay.Evaluation.Statistics;

/// <summary>How far two samples lie apart.</summary>
public static class TwoSampleDistance
{
    /// <summary>First Wasserstein distance, ∫|F − G|: how far the mass has to be moved, in the unit of the values.</summary>
    /// <exception cref="ArgumentException">A sample is empty or holds NaN or an infinity.</exception>
    public static double Wasserstein(IEnumerable<double> first, IEnumerable<double> second) => Integrate(first, second, Math.Abs);

    private static double Integrate(IEnumerable<double> first, IEnumerable<double> second, Func<double, double> weigh)
    {
        double[] x = Quantile.Sorted(first),
            y = Quantile.Sorted(second);
        Samples.Check(x, y);
        var sum = 0.0;
        for (int i = 0, j = 0; i < x.Length || j < y.Length; )
        {
            var value = Next(x, i, y, j);
            while (i < x.Length && x[i] == value)
                i++;
            while (j < y.Length && y[j] == value)
                j++;
            if (i < x.Length || j < y.Length)
                sum += weigh((double)i / x.Length - (double)j / y.Length) * (Next(x, i, y, j) - value);
        }
        return sum;
    }

    private static double Next(double[] x, int i, double[] y, int j) =>
        Math.Min(i < x.Length ? x[i] : double.PositiveInfinity, j < y.Length ? y[j] : double.PositiveInfinity);
}
