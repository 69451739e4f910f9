using System.Text.Json;
using Assay.Evaluation.Calibration;

namespace Assay.Cli.Evaluation;

/// <summary>What a stored reference adds to a line of <c>assay score</c>.</summary>
internal static class ReferenceFields
{
    /// <summary>One score is a conversation's, two are a pair's, chosen first.</summary>
    public static void Write(Utf8JsonWriter json, StoredReference reference, IReadOnlyList<float> scores)
    {
        if (scores.Count == 1)
        {
            WriteScore("");
            return;
        }
        WriteScore("chosen_");
        WriteScore("rejected_", 1);
        if (reference.Probability((double)scores[0] - scores[1]) is { } probability)
            json.WriteNumber("probability", probability);

        void WriteScore(string side, int at = 0)
        {
            json.WriteNumber(side + "percentile", Math.Round(reference.Scores.PercentileOf(scores[at]), 2));
            json.WriteNumber(side + "standardised", Math.Round(reference.Scores.Standardise(scores[at]), 4));
        }
    }
}
