using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>Distances between two samples, and Welch's test of their means.</summary>
public static class TwoSampleDistance
{
    /// <summary>First Wasserstein distance, ∫|F − G|: how far the mass has to be moved, in the unit of the values.</summary>
    /// <exception cref="ArgumentException">A sample is empty or holds NaN or an infinity.</exception>
    public static double Wasserstein(IEnumerable<double> first, IEnumerable<double> second) => Integrate(first, second, Math.Abs);

    /// <summary>Energy distance, √(2∫(F − G)²) (Székely and Rizzo 2013), as scipy.</summary>
    /// <exception cref="ArgumentException">A sample is empty or holds NaN or an infinity.</exception>
    public static double Energy(IEnumerable<double> first, IEnumerable<double> second) =>
        Math.Sqrt(2 * Integrate(first, second, difference => difference * difference));

    /// <summary>Welch's t (1947) of second minus first mean, with his degrees of freedom; two-sided.</summary>
    /// <exception cref="ArgumentException">A sample has fewer than two values, or holds NaN or an infinity.</exception>
    public static TestResult WelchT(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        Samples.Check([.. first], [.. second]);
        if (first.Count < 2 || second.Count < 2)
            throw new ArgumentException("a variance needs at least two values in each sample", nameof(first));
        double a = Moments.Variance(first) / first.Count,
            b = Moments.Variance(second) / second.Count;
        var t = (Moments.Mean(second) - Moments.Mean(first)) / Math.Sqrt(a + b);
        return new(t, StudentT.TwoSided(t, (a + b) * (a + b) / (a * a / (first.Count - 1) + b * b / (second.Count - 1))));
    }

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
