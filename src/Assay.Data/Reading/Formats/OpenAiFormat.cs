using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// OpenAI's preference rows: <c>input.messages</c> (with <c>tools</c>), <c>preferred_output</c>, <c>non_preferred_output</c>.
/// </summary>
internal sealed class OpenAiFormat : RowFormat
{
    public override string Name => "openai";

    public override string Rule =>
        "One pair a row: input.messages, then preferred_output (chosen) against non_preferred_output (rejected).";

    public override IReadOnlyCollection<string> Fields { get; } = ["input", "preferred_output", "non_preferred_output"];

    public override bool Matches(JsonElement row) => Has(row, "preferred_output") && Has(row, "non_preferred_output");

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        List<Message>? context = null;
        if (RowScope.Field(row.Root, "input") is not { } input)
            row.Missing("input");
        else if (input.ValueKind != JsonValueKind.Object)
            row.WrongType("input", input, "an object with messages");
        else
        {
            context = row.Messages(input, "messages");
            pair.Tools ??= row.Tools(input);
        }
        var chosen = row.Messages(row.Root, "preferred_output");
        var rejected = row.Messages(row.Root, "non_preferred_output");
        pair.Turns(context, chosen, rejected);
    }
}
