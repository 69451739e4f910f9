using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// The shape of a set of scores. Skewness is m₃/m₂^1.5 and kurtosis m₄/m₂² − 3 with population moments, the unbiased forms are G₁ and G₂
/// (as scipy); they are NaN where nothing varies. Quantiles are linear.
/// </summary>
public sealed record DistributionSummary
{
    /// <summary>The probabilities of <see cref="Quantiles"/>.</summary>
    public static IReadOnlyList<double> QuantileProbabilities { get; } = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];

    public required int Count { get; init; }

    public required double Mean { get; init; }

    /// <summary>Divisor n.</summary>
    public required double StdPopulation { get; init; }

    /// <summary>Divisor n − 1; NaN for one value.</summary>
    public required double StdSample { get; init; }

    public required double Min { get; init; }

    public required double Max { get; init; }

    /// <summary>At <see cref="QuantileProbabilities"/>.</summary>
    public required IReadOnlyList<double> Quantiles { get; init; }

    public required double Skewness { get; init; }

    public required double SkewnessUnbiased { get; init; }

    public required double ExcessKurtosis { get; init; }

    public required double ExcessKurtosisUnbiased { get; init; }

    /// <summary>Median distance from the median, not scaled.</summary>
    public required double MedianAbsoluteDeviation { get; init; }

    /// <summary>75th minus 25th percentile.</summary>
    public required double InterquartileRange { get; init; }

    /// <summary>Summarises values.</summary>
    /// <exception cref="ArgumentException">There are no values, or one is NaN or infinite.</exception>
    public static DistributionSummary Of(IEnumerable<double> values)
    {
        var sorted = Quantile.Sorted(values);
        Samples.Check(sorted);
        double n = sorted.Length,
            mean = Moments.Mean(sorted),
            m2 = Moments.Central(sorted, 2);
        var varies = m2 > Math.Pow(1e-15 * mean, 2);
        double skewness = varies ? Moments.Central(sorted, 3) / Math.Pow(m2, 1.5) : double.NaN,
            kurtosis = varies ? Moments.Central(sorted, 4) / (m2 * m2) - 3 : double.NaN;
        var median = Quantile.OfSorted(sorted, 0.5);
        return new DistributionSummary
        {
            Count = sorted.Length,
            Mean = mean,
            StdPopulation = Math.Sqrt(m2),
            StdSample = n > 1 ? Math.Sqrt(m2 * n / (n - 1)) : double.NaN,
            Min = sorted[0],
            Max = sorted[^1],
            Quantiles = [.. QuantileProbabilities.Select(probability => Quantile.OfSorted(sorted, probability))],
            Skewness = skewness,
            SkewnessUnbiased = n > 2 ? Math.Sqrt(n * (n - 1)) / (n - 2) * skewness : skewness,
            ExcessKurtosis = kurtosis,
            ExcessKurtosisUnbiased = n > 3 ? ((n * n - 1) * (kurtosis + 3) - 3 * (n - 1) * (n - 1)) / ((n - 2) * (n - 3)) : kurtosis,
            MedianAbsoluteDeviation = Quantile.Of(sorted.Select(value => Math.Abs(value - median)), 0.5),
            InterquartileRange = Quantile.OfSorted(sorted, 0.75) - Quantile.OfSorted(sorted, 0.25),
        };
    }
}
