using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// Candidates that nobody has compared yet: <c>prompt</c> with <c>response_a</c> and <c>response_b</c> (or _1, _2), or with a list
/// <c>responses</c> or <c>completions</c> of texts, of message lists, or of objects with one of these in <c>completion</c>, <c>text</c> or
/// <c>content</c> and a <c>model</c>. Their pairs have no winner, so they are only good for labelling.
/// </summary>
internal sealed class CandidatesFormat : RowFormat
{
    private static readonly string[] Verdicts =
    [
        "votes",
        "labels",
        "winner",
        "winner_model_a",
        "ranks",
        "scores",
        "preference_strength",
        "overall_preference",
        "chosen",
    ];

    public override string Name => "candidates";

    public override string Rule =>
        "Every two candidates of a row make a pair without a winner, which is set aside as a tie until people have labelled it.";

    public override bool HoldsSeveralPairs => true;

    public override RowSides Sides => RowSides.Either;

    public override IReadOnlyCollection<string> Fields { get; } =
    [
        "prompt",
        "response_a",
        "response_b",
        "response_1",
        "response_2",
        "model_a",
        "model_b",
        "model_1",
        "model_2",
        "responses",
        "completions",
    ];

    public override bool Matches(JsonElement row)
    {
        if (!Has(row, "prompt") || Verdicts.Any(name => Has(row, name)))
            return false;
        if (
            row.TryGetProperty("label", out var label)
            && label.ValueKind != JsonValueKind.Null
            && !(label.ValueKind == JsonValueKind.String && label.GetString() is "" or "unlabelled" or "unlabeled")
        )
            return false;
        return Has(row, "response_a") && Has(row, "response_b")
            || Has(row, "response_1") && Has(row, "response_2")
            || KindOf(row, "responses") == JsonValueKind.Array
            || KindOf(row, "completions") == JsonValueKind.Array;
    }

    public override void Read(RowScope row)
    {
        var prompt = RowScope.Field(row.Root, "prompt");
        if (prompt is null)
            row.Missing("prompt");
        var candidates = Candidates(row);
        if (candidates.Count < 2 && !row.HasFindings)
            row.Add(Reason.NotPairable, $"{candidates.Count} candidate, two were wanted");
        foreach (var (name, value, _) in candidates)
            if (value is null)
                row.Missing(name);
        if (row.HasFindings)
            return;
        var isText =
            IsPlain(prompt!.Value)
            && candidates.All(candidate => IsPlain(candidate.Value!.Value))
            && !ContextReader.IsThere(row.Root, Fields);
        var context = isText ? null : row.TurnsOf(prompt.Value, "prompt", "user");
        List<List<Message>?> turns = isText
            ? []
            : [.. candidates.Select(candidate => row.TurnsOf(candidate.Value!.Value, candidate.Name, "assistant"))];
        if (row.HasFindings)
            return;
        row.Candidates = isText
            ? [.. candidates.Select(candidate => Conversation.OfText(prompt.Value.GetString() + candidate.Value!.Value.GetString()))]
            : Whole(row, context!, [.. turns.Select(answer => answer!)]);
        for (var i = 0; i < candidates.Count; i++)
        {
            for (var j = i + 1; j < candidates.Count; j++)
            {
                var pair = Start(row);
                pair.NoWinner = "nobody has labelled it yet";
                (pair.ChosenGenerator, pair.RejectedGenerator) = (candidates[i].Generator, candidates[j].Generator);
                if (isText)
                    pair.Text(prompt.Value.GetString(), candidates[i].Value!.Value.GetString()!, candidates[j].Value!.Value.GetString()!);
                else
                    pair.Turns(context!, turns[i]!, turns[j]!);
            }
        }
    }

    private static List<(string Name, JsonElement? Value, string? Generator)> Candidates(RowScope row)
    {
        foreach (
            var (first, second, firstModel, secondModel) in (ReadOnlySpan<(string, string, string, string)>)
                [("response_a", "response_b", "model_a", "model_b"), ("response_1", "response_2", "model_1", "model_2")]
        )
        {
            if (!Has(row.Root, first))
                continue;
            return
            [
                (first, RowScope.Field(row.Root, first), RowScope.Scalar(row.Root, firstModel)),
                (second, RowScope.Field(row.Root, second), RowScope.Scalar(row.Root, secondModel)),
            ];
        }
        var list = RowScope.FirstOf(row.Root, "responses", "completions")!.Value;
        return
        [
            .. list
                .Value.EnumerateArray()
                .Select(
                    (element, index) =>
                        element.ValueKind != JsonValueKind.Object
                            ? ($"{list.Name}[{index}]", (JsonElement?)element, (string?)null)
                            : (
                                $"{list.Name}[{index}].completion",
                                RowScope.FirstOf(element, "completion", "text", "content")?.Value,
                                RowScope.Scalar(element, "model") ?? RowScope.Scalar(element, "generator")
                            )
                ),
        ];
    }

    private static bool IsPlain(JsonElement value) => value.ValueKind == JsonValueKind.String && !ListInText.IsList(value);
}
