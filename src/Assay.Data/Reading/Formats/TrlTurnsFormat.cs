using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// Texts as <see cref="TrlFormat"/>, with a system message or earlier turns beside the prompt (<see cref="ContextReader"/>):
/// openbmb/UltraInteract_pair's <c>trajectory</c>, <c>system</c> columns, arena sets' <c>context</c>, <c>messages</c> without a prompt.
/// Such rows are made of turns, and so are those of the same file that have none.
/// </summary>
internal sealed class TrlTurnsFormat : TrlFormat
{
    public override string Name => "trl_turns";

    public override string Rule =>
        "One pair a row: system message, earlier turns (context, trajectory, messages, conversation, history) and prompt as turns, then chosen against rejected as the assistant's.";

    public override RowSides Sides => RowSides.Turns;

    public override bool Matches(JsonElement row) => AreTexts(row) && ContextReader.IsThere(row, Fields);

    public override bool Accepts(JsonElement row) => AreTexts(row);
}
