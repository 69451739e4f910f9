using System.Text;
using System.Text.Json;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Splits;

/// <summary>
/// A row of an unpaired or process-labelled file as a splitter sees it: its context, and the row itself in place of the answers. Such rows
/// are not pairs, but whoever trains on them has to hold out whole prompts too.
/// </summary>
internal static class UnpairedRow
{
    /// <summary>The stand-in, or null for a row that has no context or something wrong with it.</summary>
    public static PreferencePair? AsPair(PairRow row)
    {
        if (row.Findings is not [{ Reason: Reason.NotPairable }])
            return null;
        using var document = JsonDocument.Parse(row.Raw);
        var root = document.RootElement;
        if (!root.TryGetProperty("prompt", out var prompt) && !root.TryGetProperty("messages", out prompt))
            return null;
        var content = Encoding.UTF8.GetString(row.Raw.Span);
        if (prompt.ValueKind == JsonValueKind.String)
            return new()
            {
                Row = row.Line,
                Prompt = prompt.GetString()!,
                Chosen = Conversation.OfText(content),
                Rejected = Conversation.OfText(""),
                Source = row.Source,
            };
        if (prompt.ValueKind != JsonValueKind.Array)
            return null;
        var turns = new List<Message>();
        foreach (var turn in prompt.EnumerateArray())
        {
            if (turn.ValueKind != JsonValueKind.Object || Text(turn, "role") is not { } role || Text(turn, "content") is not { } text)
                return null;
            turns.Add(new(role, text));
        }
        // A list of messages without a prompt ends with the completion.
        if (!root.TryGetProperty("prompt", out _) && turns is [.., { Role: "assistant" }])
            turns.RemoveAt(turns.Count - 1);
        return new()
        {
            Row = row.Line,
            Prompt = turns is [{ Role: "user" } only]
                ? only.Content
                : string.Join("\n\n", turns.Select(turn => $"{turn.Role}: {turn.Content}")),
            PromptMessageCount = turns.Count,
            Chosen = Conversation.OfMessages([.. turns, new Message("assistant", content)]),
            Rejected = Conversation.OfMessages([.. turns, new Message("assistant", "")]),
            Source = row.Source,
        };
    }

    private static string? Text(JsonElement turn, string name) =>
        turn.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
