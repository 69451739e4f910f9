using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// TRL's standard preference rows: <c>prompt</c>?, <c>chosen</c>, <c>rejected</c> as text, joined without a separator (TRL, <c>docs/source/dataset_formats.md</c>),
/// with this project's <c>label</c>, <c>votes</c> and <c>meta</c>; <c>chosen_prompt</c> and <c>rejected_prompt</c> where each side names its own.
/// </summary>
internal sealed class TrlFormat : RowFormat
{
    public override PairFormat Kind => PairFormat.Trl;

    public override string Name => "trl";

    public override string Rule => "One pair a row: prompt + chosen against prompt + rejected, joined without a separator.";

    public override bool Matches(JsonElement row) =>
        Has(row, "chosen") && Has(row, "rejected") && (Has(row, "prompt") || !Has(row, "instruction") && !Has(row, "conversations"))
        && KindOf(row, "chosen") != JsonValueKind.Array && KindOf(row, "rejected") != JsonValueKind.Array && KindOf(row, "prompt") != JsonValueKind.Array
        && !HhTranscriptFormat.IsTranscript(row) && (Has(row, "prompt") || Array.TrueForAll(OtherContexts, name => !Has(row, name)));

    /// <summary>Without a prompt these would be the context, and a pair read without it would be another pair.</summary>
    private static readonly string[] OtherContexts = ["query", "context", "history", "post", "problem"];

    public override void Read(RowScope row)
    {
        PairBuilder pair = Start(row);
        ReadLabel(row, pair);
        var prompt = row.OptionalText(row.Root, "prompt");
        var chosenPrompt = row.OptionalText(row.Root, "chosen_prompt") ?? prompt;
        var rejectedPrompt = row.OptionalText(row.Root, "rejected_prompt") ?? prompt;
        var chosen = row.Text(row.Root, "chosen");
        var rejected = row.Text(row.Root, "rejected");
        if (chosenPrompt != rejectedPrompt)
        {
            row.Add(Reason.ContextMismatch, "chosen_prompt and rejected_prompt differ");
            if (pair.NoWinner is { } why) row.Add(Reason.TieOrAbstention, why);
            if (chosen is "") row.Add(Reason.EmptyCandidate, "chosen is empty");
            if (rejected is "") row.Add(Reason.EmptyCandidate, "rejected is empty");
            if (chosen is not null && chosen == rejected) row.Add(Reason.IdenticalCandidates, "chosen and rejected are the same text");
            return;
        }
        if (chosen is null || rejected is null)
        {
            if (pair.NoWinner is { } why) row.Add(Reason.TieOrAbstention, why);
            if ((chosen ?? rejected) is "") row.Add(Reason.EmptyCandidate, $"{(chosen is null ? "rejected" : "chosen")} is empty");
            return;
        }
        pair.Text(chosenPrompt, chosen, rejected);
    }
}
