using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>Collects what a row says about where it comes from.</summary>
internal static class ProvenanceReader
{
    /// <summary>The row's provenance; null when nothing is known.</summary>
    /// <param name="row">The row.</param>
    /// <param name="chosenGenerator">As the format knows it, where it does.</param>
    /// <param name="rejectedGenerator">As the format knows it, where it does.</param>
    /// <param name="votes">They may name annotators.</param>
    /// <param name="chosenPlace">1 or 2 in formats whose rows name their candidates in an order that is not the outcome's: what holds where
    /// the row states no <c>chosen_position</c>.</param>
    public static Provenance? Read(
        RowScope row,
        string? chosenGenerator,
        string? rejectedGenerator,
        IReadOnlyList<AnnotatorVote>? votes,
        int? chosenPlace
    )
    {
        var stated = row.MayHold("provenance") ? RowScope.Object(row.Root, "provenance") : null;
        string? Find(params ReadOnlySpan<string> names)
        {
            foreach (var owner in (ReadOnlySpan<JsonElement?>)[stated, row.Meta])
            {
                if (owner is not { } place)
                    continue;
                foreach (var name in names)
                    if (RowScope.Scalar(place, name) is { } text)
                        return text;
            }
            foreach (var name in names)
                if (row.Scalar(name) is { } text)
                    return text;
            return null;
        }

        var writer = Find("generator", "policy");
        var position = Find("chosen_position") switch
        {
            "1" => 1,
            "2" => 2,
            _ => chosenPlace,
        };
        var first = Find("response1_model", "output_1_generator", "model_a");
        var second = Find("response2_model", "output_2_generator", "model_b");
        var known = new Provenance
        {
            SourcePrompt = Find("source_prompt", "prompt_id"),
            ChosenGenerator =
                chosenGenerator
                ?? Find("chosen_generator", "chosen_model")
                ?? (
                    position is null ? null
                    : position == 1 ? first
                    : second
                )
                ?? writer,
            RejectedGenerator =
                rejectedGenerator
                ?? Find("rejected_generator", "rejected_model")
                ?? (
                    position is null ? null
                    : position == 1 ? second
                    : first
                )
                ?? writer,
            SamplingSettings =
                Sampling(stated)
                ?? Sampling(row.Meta)
                ?? (row.MayHold("sampling_settings") || row.MayHold("sampling") ? Sampling(row.Root) : null),
            LabellingBatch = Find("labelling_batch", "labeling_batch", "batch"),
            Annotators =
                Annotators(stated)
                ?? Annotators(row.Meta)
                ?? (row.MayHold("annotators") ? Annotators(row.Root) : null)
                ?? (Find("annotator", "annotator_id", "judge") is { } one ? [one] : OfVotes(votes)),
            ChosenPosition = position,
            LabelSource = LabelSourceOf(
                Find("label_source", "labelled_by", "labeled_by", "reviewed_by"),
                Reviewed(stated) ?? Reviewed(row.Meta) ?? (row.MayHold("human_reviewed") ? Reviewed(row.Root) : null)
            ),
            SamplingProbability = Probability(row, Find("sampling_probability")),
            Time = Find("time", "timestamp", "created_at", "tstamp"),
        };
        return known == Nothing ? null : known;
    }

    private static readonly Provenance Nothing = new();

    /// <summary>
    /// The votes with names: a row that names as many annotators as it has votes, none of which carries a name, names them in their order.
    /// </summary>
    public static IReadOnlyList<AnnotatorVote>? Named(IReadOnlyList<AnnotatorVote>? votes, Provenance? provenance) =>
        votes is not null
        && provenance?.Annotators is { } annotators
        && annotators.Count == votes.Count
        && votes.All(vote => vote.Annotator is null)
            ? [.. votes.Zip(annotators, (vote, annotator) => vote with { Annotator = annotator })]
            : votes;

    // A person's review counts whoever gave the label; that there was none takes the word "human" back.
    private static LabelSource? LabelSourceOf(string? word, bool? humanReviewed) =>
        (word?.Trim().ToLowerInvariant(), humanReviewed) switch
        {
            (_, true) => LabelSource.Human,
            ("model", _) => LabelSource.Model,
            ("unreviewed", _) or (_, false) => LabelSource.Unreviewed,
            ("human", _) => LabelSource.Human,
            _ => null,
        };

    private static bool? Reviewed(JsonElement? place) =>
        place is { } owner && RowScope.Field(owner, "human_reviewed") is { } value
            ? value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.String when bool.TryParse(value.GetString(), out var text) => text,
                _ => null,
            }
            : null;

    private static double? Probability(RowScope row, string? text)
    {
        if (text is null)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var probability) && probability is > 0 and <= 1)
            return probability;
        row.Add(Reason.UnknownValue, $"sampling_probability is {text}; a number above 0 and at most 1 was wanted");
        return null;
    }

    private static JsonObject? Sampling(JsonElement? place) =>
        place is { } owner && (RowScope.Object(owner, "sampling_settings") ?? RowScope.Object(owner, "sampling")) is { } found
            ? JsonObject.Create(found.Clone())
            : null;

    private static IReadOnlyList<string>? Annotators(JsonElement? place)
    {
        if (place is not { } owner || RowScope.Field(owner, "annotators") is not { ValueKind: JsonValueKind.Array } list)
            return null;
        List<string> names =
        [
            .. list.EnumerateArray()
                .Where(name => name.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                .Select(name => name.ToString()),
        ];
        return names.Count == 0 ? null : names;
    }

    private static IReadOnlyList<string>? OfVotes(IReadOnlyList<AnnotatorVote>? votes)
    {
        if (votes is null)
            return null;
        List<string> names = [.. votes.Select(vote => vote.Annotator).OfType<string>()];
        return names.Count == 0 ? null : names;
    }
}
