namespace Assay.Evaluation.Evidence;

/// <summary>
/// How many chosen and rejected answers got scores in each of some bins of equal width. A bin holds its lower edge, the last its upper one
/// too.
/// </summary>
/// <param name="Low">Lower edge of the first bin: the lowest score.</param>
/// <param name="Width">Of each bin; 1 where all scores are equal.</param>
/// <param name="Chosen">Chosen answers, bin by bin.</param>
/// <param name="Rejected">Rejected answers, in the same bins.</param>
public sealed record ScoreHistogram(double Low, double Width, IReadOnlyList<long> Chosen, IReadOnlyList<long> Rejected)
{
    public const int Bins = 32;

    /// <summary>Counts finite scores; null where there are none, or their range is no number.</summary>
    public static ScoreHistogram? Of(IReadOnlyList<double> chosen, IReadOnlyList<double> rejected)
    {
        if (chosen.Count == 0 && rejected.Count == 0)
            return null;
        double low = chosen.Concat(rejected).Min(),
            high = chosen.Concat(rejected).Max(),
            width = high > low ? (high - low) / Bins : 1;
        if (!double.IsFinite(width) || width == 0)
            return null;
        return new(low, width, Counted(chosen, low, width), Counted(rejected, low, width));
    }

    private static long[] Counted(IReadOnlyList<double> scores, double low, double width)
    {
        var counts = new long[Bins];
        foreach (var score in scores)
            counts[Math.Clamp((int)((score - low) / width), 0, Bins - 1)]++;
        return counts;
    }
}
