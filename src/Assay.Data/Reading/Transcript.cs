namespace Assay.Data.Reading;

/// <summary>HH-RLHF's transcripts: <c>\n\nHuman: …\n\nAssistant: …</c>.</summary>
public static class Transcript
{
    internal const string HumanTag = "\n\nHuman:";
    internal const string AssistantTag = "\n\nAssistant:";

    /// <summary>
    /// Cuts a transcript into turns (<c>user</c>, <c>assistant</c>), each trimmed; false when it does not begin with a tag.
    /// </summary>
    public static bool TryParse(string text, out List<Message> turns)
    {
        turns = [];
        ReadOnlySpan<char> rest = text;
        if (TagAt(rest, 0) is not { } tag)
            return false;
        while (true)
        {
            rest = rest[(tag == "user" ? HumanTag.Length : AssistantTag.Length)..];
            var end = NextTag(rest, out var next);
            turns.Add(new Message(tag, Trim(rest[..end]).ToString()));
            if (next is null)
                return true;
            rest = rest[end..];
            tag = next;
        }
    }

    private static int NextTag(ReadOnlySpan<char> text, out string? tag)
    {
        var at = 0;
        while (true)
        {
            var found = text[at..].IndexOf("\n\n");
            if (found < 0)
            {
                tag = null;
                return text.Length;
            }
            at += found;
            tag = TagAt(text, at);
            if (tag is not null)
                return at;
            at++;
        }
    }

    private static string? TagAt(ReadOnlySpan<char> text, int at) =>
        text[at..].StartsWith(HumanTag) ? "user"
        : text[at..].StartsWith(AssistantTag) ? "assistant"
        : null;

    // As Python's str.strip, by which the field's splits are made: the four separators U+001C to U+001F count as white space.
    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        var start = 0;
        while (start < text.Length && IsSpace(text[start]))
            start++;
        var end = text.Length;
        while (end > start && IsSpace(text[end - 1]))
            end--;
        return text[start..end];
    }

    private static bool IsSpace(char value) => char.IsWhiteSpace(value) || value is >= '\u001C' and <= '\u001F';
}
