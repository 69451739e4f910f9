using System.Globalization;
using Assay.Evaluation.Gates;

namespace Assay.Evaluation.Evidence;

/// <summary>What a colleague would say on seeing the figures of an evaluation.</summary>
internal static class EvalWarnings
{
    /// <summary>Fewer scores make percentiles coarse: the 5th and the 95th then rest on four scores or fewer each.</summary>
    public const int FewScores = 100;

    private const double ManyTies = 0.5;

    public static IReadOnlyList<string> Of(EvalEvidence eval)
    {
        var (metrics, found) = (eval.Metrics, new List<string>());
        var interval = GateFigure.Wider(metrics.AccuracyInterval, eval.IntervalByPrompt);
        if (eval.Reference is { StandardDeviation: 0, Count: > 1 })
            found.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"all {eval.Reference.Count} scores are equal ({eval.Reference.Mean:0.####}): the scorer says nothing; look at its head and at how it is called"
                )
            );
        else if (metrics.Ties > ManyTies * metrics.Pairs)
            found.Add($"{metrics.Ties} of {metrics.Pairs} pairs have equal scores: texts cut to the same ids, or scores rounded too far");
        if (interval.High < 0.5)
            found.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"accuracy {metrics.Accuracy:0.00##} ({interval.Low:0.00##} to {interval.High:0.00##}) is below chance beyond noise: labels reversed, or a score of which less is better?"
                )
            );
        if (eval.Reference.Count < FewScores)
            found.Add($"percentiles rest on {eval.Reference.Count} scores, fewer than {FewScores}: a reference of so few is coarse");
        return found;
    }
}
