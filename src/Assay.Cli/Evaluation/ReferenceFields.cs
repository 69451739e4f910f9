using Assay.Data.Records;
using Assay.Evaluation.Calibration;

namespace Assay.Cli.Evaluation;

/// <summary>What a stored reference adds to a line of <c>assay score</c>.</summary>
internal static class ReferenceFields
{
    /// <summary>One score is a conversation's, two are a pair's, chosen first.</summary>
    public static ScoreLine Add(ScoreLine line, StoredReference reference, IReadOnlyList<float> scores) =>
        scores.Count == 1
            ? line with
            {
                Percentile = Percentile(reference, scores[0]),
                Standardised = Standardised(reference, scores[0]),
            }
            : line with
            {
                ChosenPercentile = Percentile(reference, scores[0]),
                ChosenStandardised = Standardised(reference, scores[0]),
                RejectedPercentile = Percentile(reference, scores[1]),
                RejectedStandardised = Standardised(reference, scores[1]),
                Probability = reference.Probability((double)scores[0] - scores[1]),
            };

    private static double Percentile(StoredReference reference, float score) => Math.Round(reference.Scores.PercentileOf(score), 2);

    private static double Standardised(StoredReference reference, float score) => Math.Round(reference.Scores.Standardise(score), 4);
}
