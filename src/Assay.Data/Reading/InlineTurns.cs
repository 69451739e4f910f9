using System.Text.RegularExpressions;

namespace Assay.Data.Reading;

/// <summary>
/// Texts that hold several turns, told apart by a tag this program knows: HelpSteer2's <c>&lt;extra_id_1&gt;Assistant</c>, ChatML's
/// <c>&lt;|im_start|&gt;assistant</c>, HH-RLHF's <c>\n\nAssistant:</c>. A text is cut only where all of it follows the tag's rule; any
/// other is left whole, and the contract finds its tag.
/// </summary>
internal static partial class InlineTurns
{
    /// <summary>The turns of a prompt, the last of them the user's; null when the text is one turn.</summary>
    public static List<Message>? Cut(string text)
    {
        List<Message>? turns = null;
        if (text.Contains("<extra_id_", StringComparison.Ordinal))
            turns = ExtraId(text);
        else if (text.AsSpan().TrimStart().StartsWith("<|im_start|>"))
            turns = ChatMl(text);
        else if (Transcript.TryParse(text, out var parsed))
            turns = parsed;
        // A last, empty turn of the assistant's only asks for the answer.
        if (turns is [.., { Role: "assistant", Content: "" }])
            turns.RemoveAt(turns.Count - 1);
        return turns is { Count: > 0 } && Alternate(turns) ? turns : null;
    }

    private static List<Message>? ExtraId(string text)
    {
        var turns = new List<Message>();
        var role = "user";
        var start = 0;
        foreach (Match tag in ExtraIdTag().Matches(text))
        {
            var before = text[start..tag.Index].Trim('\n');
            if (tag.Index > 0 || before.Length > 0)
                turns.Add(new Message(role, before));
            role = tag.Groups[1].Value.ToLowerInvariant();
            start = tag.Index + tag.Length;
        }
        if (start == 0)
            return null;
        turns.Add(new Message(role, text[start..].Trim('\n')));
        return turns.Exists(turn => turn.Content.Contains("<extra_id_", StringComparison.Ordinal)) ? null : turns;
    }

    private static List<Message>? ChatMl(string text)
    {
        var turns = new List<Message>();
        var end = 0;
        foreach (Match turn in ChatMlTurn().Matches(text))
        {
            if (!string.IsNullOrWhiteSpace(text[end..turn.Index]))
                return null;
            turns.Add(new Message(turn.Groups[1].Value, turn.Groups[2].Value.Trim('\n')));
            end = turn.Index + turn.Length;
        }
        return string.IsNullOrWhiteSpace(text[end..]) ? turns : null;
    }

    private static bool Alternate(List<Message> turns)
    {
        var first = turns[0].Role == "system" ? 1 : 0;
        if (turns.Count == first || turns[^1].Role != "user")
            return false;
        for (var at = first; at < turns.Count; at++)
            if (turns[at].Role != ((at - first) % 2 == 0 ? "user" : "assistant"))
                return false;
        return true;
    }

    [GeneratedRegex(@"(?:\A|\n)<extra_id_[01]>(System|User|Assistant)(?:\n|\z)")]
    private static partial Regex ExtraIdTag();

    [GeneratedRegex(@"<\|im_start\|>(system|user|assistant)\n(.*?)(?:<\|im_end\|>\n?|\z)", RegexOptions.Singleline)]
    private static partial Regex ChatMlTurn();
}
