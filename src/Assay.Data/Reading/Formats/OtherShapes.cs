using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>Published shapes that are no format of this program, by their keys, each with the jq filter that makes TRL rows of it.</summary>
internal static class OtherShapes
{
    private static readonly (string Name, string[] Keys, string Filter)[] Known =
    [
        ("Stanford SHP", ["history", "human_ref_A", "human_ref_B", "labels"],
            "{prompt:.history, source:.domain} + if .labels==1 then {chosen:.human_ref_A, rejected:.human_ref_B} else {chosen:.human_ref_B, rejected:.human_ref_A} end"),
        ("stack-exchange-paired", ["question", "response_j", "response_k"], "{id:.qid, prompt:.question, chosen:.response_j, rejected:.response_k}"),
        ("PKU-SafeRLHF", ["response_0", "response_1", "better_response_id"],
            "{prompt} + if .better_response_id==0 then {chosen:.response_0, rejected:.response_1} else {chosen:.response_1, rejected:.response_0} end"),
        ("OpenAI's summarize_from_feedback comparisons", ["info", "summaries", "choice"],
            "{id:.info.id, prompt:.info.post, chosen:.summaries[.choice].text, rejected:.summaries[1-.choice].text, provenance:{annotators:[.worker], labelling_batch:.batch}}"),
        ("OpenAI's webgpt_comparisons", ["question", "answer_0", "answer_1", "score_0", "score_1"],
            "{prompt:.question.full_text, label:(if .score_0==.score_1 then \"tie\" else \"chosen\" end)} + if .score_0>=.score_1 then {chosen:.answer_0, rejected:.answer_1} else {chosen:.answer_1, rejected:.answer_0} end"),
    ];

    /// <summary>What to do with the row, or null when it is none of them.</summary>
    public static string? Advice(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object) return null;
        foreach (var (name, keys, filter) in Known)
            if (keys.All(key => row.TryGetProperty(key, out _))) return $"these are rows of {name}, which is read once it is TRL's: jq -c '{filter}'";
        return null;
    }
}
