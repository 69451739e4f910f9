namespace Assay.Evaluation.Statistics;

/// <summary>Where a score stands among reference scores, in per cent (scipy's <c>percentileofscore</c>).</summary>
/// <param name="Strict">Share of the reference below it.</param>
/// <param name="Weak">Share at or below it.</param>
/// <param name="Rank">The middle of the ranks it would take among its equals: what to report.</param>
public readonly record struct PercentileRank(double Strict, double Weak, double Rank)
{
    /// <summary>The middle of <see cref="Strict"/> and <see cref="Weak"/>.</summary>
    public double Mean => (Strict + Weak) / 2;

    /// <summary>The rank of a score among references in ascending order.</summary>
    /// <exception cref="ArgumentException">There are no references.</exception>
    public static PercentileRank Of(double score, ReadOnlySpan<double> sortedReference)
    {
        if (sortedReference.IsEmpty)
            throw new ArgumentException("a percentile rank needs reference scores", nameof(sortedReference));
        double below = CountBelow(sortedReference, score, isEqualCounted: false),
            atMost = CountBelow(sortedReference, score, isEqualCounted: true),
            n = sortedReference.Length;
        return new(100 * below / n, 100 * atMost / n, 50 * (below + atMost + (atMost > below ? 1 : 0)) / n);
    }

    private static int CountBelow(ReadOnlySpan<double> sorted, double score, bool isEqualCounted)
    {
        int low = 0,
            high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < score || (isEqualCounted && sorted[middle] == score))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
