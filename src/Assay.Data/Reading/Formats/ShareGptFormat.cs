using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// LLaMA-Factory's sharegpt layout with <c>ranking: true</c>: <c>conversations</c> as <c>{from, value}</c>, <c>chosen</c> and
/// <c>rejected</c> as one such turn each, <c>system</c>?, <c>tools</c>?. human, gpt, observation and function_call become user, assistant,
/// tool and an assistant turn with a tool call.
/// </summary>
internal sealed class ShareGptFormat : RowFormat
{
    public override string Name => "sharegpt";

    public override string Rule => "One pair a row: system and conversations as turns, then chosen against rejected.";

    public override IReadOnlyCollection<string> Fields { get; } = ["chosen", "rejected"];

    public override bool Matches(JsonElement row) =>
        Has(row, "conversations")
        && KindOf(row, "chosen") is JsonValueKind.Object or JsonValueKind.Null
        && KindOf(row, "rejected") is JsonValueKind.Object or JsonValueKind.Null;

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        if (RowScope.Field(row.Root, "conversations") is null)
            row.Missing("conversations");
        else
            _ = row.Messages(row.Root, "conversations");
        var chosen = Side(row, "chosen");
        var rejected = Side(row, "rejected");
        if (!row.HasFindings && chosen is not null && rejected is not null)
            pair.Turns([], [chosen], [rejected]);
    }

    private static Message? Side(RowScope row, string side)
    {
        if (RowScope.Field(row.Root, side) is { } value)
            return MessageReader.Read(row, value, side);
        row.Missing(side);
        return null;
    }
}
