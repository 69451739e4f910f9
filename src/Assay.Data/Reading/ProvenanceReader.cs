using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Data.Reading;

/// <summary>Collects what a row says about where it comes from.</summary>
internal static class ProvenanceReader
{
    /// <summary>The row's provenance, with the generators as a format knows them where the row does not name them; null when nothing is known.</summary>
    public static Provenance? Read(RowScope row, string? chosenGenerator, string? rejectedGenerator, IReadOnlyList<AnnotatorVote>? votes)
    {
        JsonElement? stated = row.MayHold("provenance") ? RowScope.Object(row.Root, "provenance") : null;
        string? Find(params ReadOnlySpan<string> names)
        {
            foreach (JsonElement? owner in (ReadOnlySpan<JsonElement?>)[stated, row.Meta])
            {
                if (owner is not { } place) continue;
                foreach (var name in names)
                    if (RowScope.Scalar(place, name) is { } text) return text;
            }
            foreach (var name in names)
                if (row.Scalar(name) is { } text) return text;
            return null;
        }

        int? position = Find("chosen_position") is "1" or "2" ? int.Parse(Find("chosen_position")!) : null;
        var first = Find("response1_model", "output_1_generator", "model_a");
        var second = Find("response2_model", "output_2_generator", "model_b");
        var known = new Provenance
        {
            SourcePrompt = Find("source_prompt", "prompt_id"),
            ChosenGenerator = chosenGenerator ?? Find("chosen_generator", "chosen_model") ?? (position is null ? null : position == 1 ? first : second),
            RejectedGenerator = rejectedGenerator ?? Find("rejected_generator", "rejected_model") ?? (position is null ? null : position == 1 ? second : first),
            SamplingSettings = Sampling(stated) ?? Sampling(row.Meta) ?? (row.MayHold("sampling_settings") || row.MayHold("sampling") ? Sampling(row.Root) : null),
            LabellingBatch = Find("labelling_batch", "labeling_batch", "batch"),
            Annotators = Annotators(stated) ?? Annotators(row.Meta) ?? (row.MayHold("annotators") ? Annotators(row.Root) : null) ?? (Find("annotator", "annotator_id", "judge") is { } one ? [one] : OfVotes(votes)),
            ChosenPosition = position,
            Time = Find("time", "timestamp", "created_at", "tstamp"),
        };
        return known == Nothing ? null : known;
    }

    private static readonly Provenance Nothing = new();

    private static JsonObject? Sampling(JsonElement? place) =>
        place is { } owner && (RowScope.Object(owner, "sampling_settings") ?? RowScope.Object(owner, "sampling")) is { } found ? JsonObject.Create(found.Clone()) : null;

    private static IReadOnlyList<string>? Annotators(JsonElement? place)
    {
        if (place is not { } owner || RowScope.Field(owner, "annotators") is not { ValueKind: JsonValueKind.Array } list) return null;
        List<string> names = [.. list.EnumerateArray().Where(name => name.ValueKind is JsonValueKind.String or JsonValueKind.Number).Select(name => name.ToString())];
        return names.Count == 0 ? null : names;
    }

    private static IReadOnlyList<string>? OfVotes(IReadOnlyList<AnnotatorVote>? votes)
    {
        if (votes is null) return null;
        List<string> names = [.. votes.Select(vote => vote.Annotator).OfType<string>()];
        return names.Count == 0 ? null : names;
    }
}
