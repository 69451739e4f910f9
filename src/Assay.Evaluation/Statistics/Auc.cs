namespace Assay.Evaluation.Statistics;

/// <summary>
/// Area under the ROC curve: the share of all (positive, negative) combinations in which the positive scores higher, an equal score
/// counting half. Pooled over pairs it compares answers to different prompts, so it is not the paired accuracy.
/// </summary>
public static class Auc
{
    /// <summary>The area, in O(n log n) by mid-ranks (Hanley and McNeil 1982).</summary>
    /// <exception cref="ArgumentException">One side is empty: the area is undefined.</exception>
    public static double Of(IReadOnlyCollection<double> positives, IReadOnlyCollection<double> negatives)
    {
        if (positives.Count == 0 || negatives.Count == 0)
            throw new ArgumentException(
                $"the area needs both classes, found {positives.Count} positives and {negatives.Count} negatives",
                nameof(negatives)
            );
        var ranks = Ranks.Mid([.. positives, .. negatives]);
        var sum = 0.0;
        for (var i = 0; i < positives.Count; i++)
            sum += ranks[i];
        double m = positives.Count,
            n = negatives.Count;
        return sum / (m * n) - (m + 1) / (2 * n);
    }
}
