using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Solutions;

/// <summary>
/// A verdict a step: <c>prompt</c>, <c>steps</c> or <c>completions</c>, and <c>labels</c> of the same length: true, false, null, or numbers
/// (TRL's stepwise rows: trl-lib/math_shepherd, trl-lib/prm800k). In a file with a -1 numbers are PRM800K's ratings 1, 0 and -1, of which
/// only -1 is wrong; in any other 0 is wrong, as TRL trains on it.
/// </summary>
internal sealed class StepLabels(ZeroLabel zero) : SolutionFormat
{
    public override string Name => "step labels";

    public override string Wanted => "prompt, steps or completions, labels";

    public override bool Matches(JsonElement row) => Has(row, "labels") && (Has(row, "steps") || Has(row, "completions"));

    public override IReadOnlyList<Solution> Read(JsonElement row)
    {
        var name = Has(row, "steps") ? "steps" : "completions";
        var steps = Texts(row, name);
        if (row.GetProperty("labels") is not { ValueKind: JsonValueKind.Array } list)
            throw new WrongRow(
                Reason.WrongType,
                $"labels is {Shown(row.GetProperty("labels"))}, wanted a list with a verdict for each step"
            );
        JsonElement[] given = [.. list.EnumerateArray()];
        if (given.Length != steps.Count)
            throw new WrongRow(Reason.UnknownValue, $"{steps.Count} {name} and {given.Length} labels; as many of both were wanted");
        return steps.Count == 0
            ? []
            :
            [
                new Solution
                {
                    Id = Id(row),
                    Prompt = Text(row, "prompt"),
                    Steps = steps,
                    Labels = [.. given.Select((label, i) => Verdict(label, i))],
                    IsCorrect = Truth(row, "final_answer_correct") ?? Truth(row, "is_correct") ?? Answer(row),
                },
            ];
    }

    /// <summary>Whether a row has a rating of -1.</summary>
    public static bool HasNegative(JsonElement row) =>
        Field(row, "labels") is { ValueKind: JsonValueKind.Array } labels
        && labels.EnumerateArray().Any(label => label.ValueKind == JsonValueKind.Number && label.GetDouble() < 0);

    private static bool? Answer(JsonElement row) =>
        Field(row, "meta") is { ValueKind: JsonValueKind.Object } meta ? Truth(meta, "answer_correct") : null;

    private bool? Verdict(JsonElement label, int step) =>
        label.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when label.GetDouble() is 1 or 0 or -1 => label.GetDouble() is 1
                || (zero == ZeroLabel.Neutral && label.GetDouble() is 0),
            _ => throw new WrongRow(
                Reason.UnknownValue,
                $"labels[{step}] is {Shown(label)}, wanted true, false or null, or 1, 0 or -1: soft labels are not trained on, put a threshold to them"
            ),
        };
}

/// <summary>What 0 means among the numbers that a file has for labels of steps.</summary>
internal enum ZeroLabel
{
    /// <summary>The step is wrong: the file has 0 and 1.</summary>
    Wrong,

    /// <summary>Neither good nor wrong, and so not wrong: the file has ratings of -1 too (PRM800K).</summary>
    Neutral,
}
