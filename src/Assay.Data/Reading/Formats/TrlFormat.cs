using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// TRL's standard preference rows: <c>prompt</c>?, <c>chosen</c>, <c>rejected</c> as text, joined without a separator (TRL,
/// <c>docs/source/dataset_formats.md</c>), with this project's <c>label</c>, <c>votes</c> and <c>meta</c>; <c>chosen_prompt</c> and
/// <c>rejected_prompt</c> where each side names its own.
/// </summary>
internal class TrlFormat : RowFormat
{
    public override string Name => "trl";

    public override string Rule => "One pair a row: prompt + chosen against prompt + rejected, joined without a separator.";

    public override RowSides Sides => RowSides.Texts;

    public override IReadOnlyCollection<string> Fields { get; } = ["prompt", "chosen", "rejected", "chosen_prompt", "rejected_prompt"];

    public override bool Matches(JsonElement row) => AreTexts(row) && !ContextReader.IsThere(row, Fields);

    /// <summary>Whether the row has two answers as texts, and a prompt that is no list.</summary>
    protected static bool AreTexts(JsonElement row) =>
        IsText(row, "chosen")
        && IsText(row, "rejected")
        && !IsList(row, "prompt")
        && (Has(row, "prompt") || !Has(row, "instruction"))
        && !HhTranscriptFormat.IsTranscript(row);

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        ReadLabel(row, pair);
        ReadScores(row, pair);
        var prompt = row.OptionalText(row.Root, "prompt");
        if (IsPrinted(row))
            return;
        var chosenPrompt = row.OptionalText(row.Root, "chosen_prompt") ?? prompt;
        var rejectedPrompt = row.OptionalText(row.Root, "rejected_prompt") ?? prompt;
        var chosen = row.Text(row.Root, "chosen");
        var rejected = row.Text(row.Root, "rejected");
        if (chosenPrompt != rejectedPrompt)
            pair.DifferentPrompts("chosen_prompt and rejected_prompt differ", chosen, rejected);
        else if (Sides == RowSides.Turns)
            pair.TextTurns(chosenPrompt, chosen, rejected);
        else
            pair.Text(chosenPrompt, chosen, rejected);
    }

    /// <summary>
    /// One list of texts printed into a cell may be an answer; where prompt and both answers are, a table was saved by <c>str()</c>.
    /// </summary>
    private static bool IsPrinted(RowScope row)
    {
        foreach (var name in (ReadOnlySpan<string>)["prompt", "chosen", "rejected"])
            if (RowScope.Field(row.Root, name) is not { } value || !ListInText.IsPrintedTexts(value))
                return false;
        row.PrintedList("prompt");
        return true;
    }
}
