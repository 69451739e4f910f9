using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// Process labels: <c>prompt</c>, <c>steps</c> and <c>labels</c> (true, false, null), both lists equally long; TRL's stepwise rows call the
/// steps <c>completions</c> (trl-lib/math_shepherd, trl-lib/prm800k). Read and reported; for process reward models, not for pairs: the
/// steps are one answer and no rivals.
/// </summary>
internal sealed class ProcessFormat : RowFormat
{
    public override string Name => "process";

    public override string Rule => "No pairs: each row is a solution with a verdict per step.";

    public override RowSides Sides => RowSides.Either;

    public override bool HoldsSingleAnswers => true;

    public override IReadOnlyCollection<string> Fields { get; } = ["prompt", "steps", "completions", "labels"];

    public override bool Matches(JsonElement row) =>
        Has(row, "labels")
        && (Has(row, "steps") || Has(row, "completions") && KindOf(row, "labels") is JsonValueKind.Array or JsonValueKind.Null)
        && !Has(row, "ranks")
        && !Has(row, "scores");

    public override void Read(RowScope row)
    {
        var name = Has(row.Root, "steps") ? "steps" : "completions";
        if (
            RowScope.Field(row.Root, name) is not { ValueKind: JsonValueKind.Array } steps
            || RowScope.Field(row.Root, "labels") is not { ValueKind: JsonValueKind.Array } labels
        )
            row.Missing($"{name} or labels");
        else if (steps.GetArrayLength() != labels.GetArrayLength())
            row.Add(
                Reason.UnknownValue,
                $"{steps.GetArrayLength()} {name} and {labels.GetArrayLength()} labels; as many of both were wanted"
            );
        row.Add(Reason.NotPairable, "process labels: a verdict per step, no second candidate");
    }
}
