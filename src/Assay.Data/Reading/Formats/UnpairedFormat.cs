using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// KTO's unpaired rows: <c>prompt</c>, <c>completion</c> (or <c>messages</c>) and a boolean <c>label</c> (or <c>kto_tag</c>). Read and
/// reported; there is no second candidate.
/// </summary>
internal sealed class UnpairedFormat : RowFormat
{
    public override string Name => "unpaired";

    public override string Rule => "No pairs: each row is one completion with a verdict.";

    public override RowSides Sides => RowSides.Either;

    public override bool HoldsSingleAnswers => true;

    public override IReadOnlyCollection<string> Fields { get; } = ["prompt", "completion", "messages", "kto_tag"];

    public override bool Matches(JsonElement row) =>
        (Has(row, "completion") || Has(row, "messages")) && (Has(row, "label") || Has(row, "kto_tag"));

    public override void Read(RowScope row)
    {
        var verdict = RowScope.FirstOf(row.Root, "label", "kto_tag");
        if (verdict is { } found && found.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            row.WrongType(found.Name, found.Value, "true or false");
        var text = RowScope.FirstOf(row.Root, "completion", "messages");
        if (text is not { } completion)
            row.Missing("completion");
        else if (completion.Value.ValueKind == JsonValueKind.Array)
            _ = row.MessagesOf(completion.Value, completion.Name);
        else
            _ = row.TextOf(completion.Value, completion.Name);
        row.Add(
            Reason.NotPairable,
            verdict is { Value.ValueKind: JsonValueKind.True } ? "an unpaired row, label true" : "an unpaired row, label false"
        );
    }
}
