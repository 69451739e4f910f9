namespace Assay.Evaluation.Statistics;

/// <summary>
/// Quantiles by linear interpolation at position (n − 1)·p, the default of numpy and R ("type 7", Hyndman and Fan 1996). Every percentile
/// of this library is of this kind.
/// </summary>
public static class Quantile
{
    /// <summary>The quantile of values already in ascending order.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is outside 0..1.</exception>
    public static double OfSorted(ReadOnlySpan<double> sorted, double probability)
    {
        if (sorted.IsEmpty)
            throw new ArgumentException("a quantile needs at least one value", nameof(sorted));
        if (!(probability is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "wanted 0..1");
        var position = (sorted.Length - 1) * probability;
        var below = (int)Math.Floor(position);
        if (below + 1 >= sorted.Length || sorted[below] == sorted[below + 1])
            return sorted[below];
        double share = position - below,
            step = sorted[below + 1] - sorted[below];
        return share < 0.5 ? sorted[below] + share * step : sorted[below + 1] - (1 - share) * step; // as numpy rounds it
    }

    /// <summary>The quantile of values in any order.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Of(IEnumerable<double> values, double probability) => OfSorted(Sorted(values), probability);

    internal static double[] Sorted(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted;
    }
}
