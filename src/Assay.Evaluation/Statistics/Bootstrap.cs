using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// A statistic recomputed on resamples of its items, and the intervals read off them (Efron and Tibshirani 1993, chapters 13 and 14; the
/// formulas of scipy's <c>stats.bootstrap</c>). When pairs share a prompt the items are the prompt groups: a resample keeps whole groups,
/// so its number of pairs varies, and the statistic is a ratio of sums, never a mean of group means.
/// </summary>
public sealed class Bootstrap
{
    private readonly double[] _sorted;

    private Bootstrap(double estimate, IReadOnlyList<double> replicates)
    {
        (Estimate, Replicates) = (estimate, replicates);
        _sorted = Quantile.Sorted(replicates);
    }

    /// <summary>The statistic on the data as it is.</summary>
    public double Estimate { get; }

    /// <summary>The statistic on each resample, in their order.</summary>
    public IReadOnlyList<double> Replicates { get; }

    /// <summary>A mean.</summary>
    /// <exception cref="ArgumentException">There are fewer than two values, or no resamples.</exception>
    public static Bootstrap OfMean(ReadOnlySpan<double> values, IEnumerable<IReadOnlyList<int>> resamples)
    {
        var ones = new double[values.Length];
        Array.Fill(ones, 1.0);
        return OfRatio(values, ones, resamples);
    }

    /// <summary>A ratio of two sums over items, such as the right answers over the pairs of each prompt group.</summary>
    /// <exception cref="ArgumentException">There are fewer than two items, the lists differ in length, or there are no
    /// resamples.</exception>
    public static Bootstrap OfRatio(
        ReadOnlySpan<double> numerators,
        ReadOnlySpan<double> denominators,
        IEnumerable<IReadOnlyList<int>> resamples
    )
    {
        if (numerators.Length < 2)
            throw new ArgumentException(
                $"a bootstrap needs at least two items to draw from, found {numerators.Length}",
                nameof(numerators)
            );
        if (numerators.Length != denominators.Length)
            throw new ArgumentException($"{numerators.Length} numerators and {denominators.Length} denominators", nameof(denominators));
        double top = 0,
            bottom = 0;
        for (var i = 0; i < numerators.Length; i++)
            (top, bottom) = (top + numerators[i], bottom + denominators[i]);
        var replicates = new List<double>();
        foreach (var resample in resamples)
        {
            double sum = 0,
                count = 0;
            for (var i = 0; i < resample.Count; i++)
                (sum, count) = (sum + numerators[resample[i]], count + denominators[resample[i]]);
            replicates.Add(sum / count);
        }
        return replicates.Count == 0
            ? throw new ArgumentException("a bootstrap needs at least one resample", nameof(resamples))
            : new(top / bottom, replicates);
    }

    /// <summary>The quantiles of the replicates themselves.</summary>
    public Interval Percentile(double level = 0.95) =>
        new(Quantile.OfSorted(_sorted, (1 - level) / 2), Quantile.OfSorted(_sorted, (1 + level) / 2));
}
