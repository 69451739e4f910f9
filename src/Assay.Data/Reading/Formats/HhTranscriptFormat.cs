using System.Runtime.InteropServices;
using System.Text.Json;
using Assay.Data.Contract;
using Assay.Data.Reading.Containers;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// Anthropic's HH-RLHF: <c>chosen</c> and <c>rejected</c> are whole transcripts, each turn begun by a blank line and <c>Human:</c> or
/// <c>Assistant:</c>. A tag without the blank line is text; turns are trimmed. All turns but the last have to be the same, the last the
/// assistant's.
/// </summary>
internal sealed class HhTranscriptFormat : RowFormat
{
    public override string Name => "hh";

    public override string Rule =>
        "One pair a row: transcripts cut at \\n\\nHuman: and \\n\\nAssistant:, the candidate is the last turn, all turns before it must be the same.";

    public override IReadOnlyCollection<string> Fields { get; } = ["chosen", "rejected"];

    public override bool Matches(JsonElement row) => IsTranscript(row);

    /// <summary>Whether both sides are text that begins with a tag, and no prompt is stated.</summary>
    public static bool IsTranscript(JsonElement row) =>
        !RowScope.Has(row, "prompt") && BeginsWithTag(row, "chosen") && BeginsWithTag(row, "rejected");

    private static bool BeginsWithTag(JsonElement row, string side)
    {
        if (!row.TryGetProperty(side, out var value) || value.ValueKind != JsonValueKind.String)
            return false;
        // A tag begins with line feeds, which JSON escapes: most rows are told without unescaping the whole transcript.
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (raw[1] != '\\')
            return false;
        if (raw.StartsWith("\"\\n\\nHuman:"u8) || raw.StartsWith("\"\\n\\nAssistant:"u8))
            return true;
        var text = value.GetString()!;
        return text.StartsWith(Transcript.HumanTag, StringComparison.Ordinal)
            || text.StartsWith(Transcript.AssistantTag, StringComparison.Ordinal);
    }

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        ReadLabel(row, pair);
        pair.LastTurns(Turns(row, "chosen"), Turns(row, "rejected"));
    }

    private static List<Message>? Turns(RowScope row, string side)
    {
        if (row.Text(row.Root, side) is not { } text)
            return null;
        if (Transcript.TryParse(text, out var turns))
            return turns;
        if (text.Length == 0)
            row.Add(Reason.EmptyCandidate, $"{side} is empty");
        else
            row.Add(
                new Finding(
                    Reason.MixedFormat,
                    $"{side} does not begin with a blank line and Human: or Assistant:, as the transcripts of this file do",
                    JsonColumns.OfProperty(row.RawBytes, side)
                )
            );
        return null;
    }
}
