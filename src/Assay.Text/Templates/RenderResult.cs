namespace Assay.Text.Templates;

/// <summary>A rendered conversation.</summary>
public sealed record RenderResult
{
    /// <summary>The whole text.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// Stretches of <see cref="Text"/> that came from the conversation (contents, tool calls, tool schemas), ascending and apart; the rest
    /// is the template's. A special token spelled inside one was typed by a user, not written by the template. Texts the template changed
    /// letter by letter (such as upper case) count as the conversation's from end to end.
    /// </summary>
    public required IReadOnlyList<TextSpan> ContentSpans { get; init; }

    /// <summary>What stood inside <c>{% generation %}</c>, in the order it was written; empty for templates without the tag.</summary>
    public required IReadOnlyList<TextSpan> AssistantSpans { get; init; }

    /// <summary>Whether the text depends on the date: the template called <c>strftime_now</c>.</summary>
    public required bool ReadsClock { get; init; }
}

/// <summary>A stretch of a text.</summary>
/// <param name="Start">First UTF-16 unit.</param>
/// <param name="End">One past the last UTF-16 unit.</param>
public readonly record struct TextSpan(int Start, int End)
{
    public int Length => End - Start;
}
