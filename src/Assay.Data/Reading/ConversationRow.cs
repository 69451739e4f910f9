namespace Assay.Data.Reading;

/// <summary>
/// One row to be scored: a conversation, a pair, several candidates, or what is wrong with it. Exactly one of <see cref="Conversation"/>,
/// <see cref="Pair"/>, <see cref="Candidates"/> and <see cref="Error"/> is set.
/// </summary>
public sealed record ConversationRow
{
    /// <summary>Line from 1.</summary>
    public required long Line { get; init; }

    /// <summary>The row's own <c>id</c>, if it has one.</summary>
    public string? Id { get; init; }

    public Conversation? Conversation { get; init; }

    public PreferencePair? Pair { get; init; }

    /// <summary>Several answers to one prompt, of which the row names no chosen and rejected one, in its order.</summary>
    public IReadOnlyList<Conversation>? Candidates { get; init; }

    /// <summary>
    /// For plain text: how many leading characters of the conversation, or of every candidate, are the prompt. 0 for messages and where the
    /// row states no prompt.
    /// </summary>
    public int PromptTextLength { get; init; }

    /// <summary>
    /// Prompt and answer are texts that were joined with nothing between them, as in "two?It is 2.": right for a model that continues text,
    /// hardly for one of turns.
    /// </summary>
    public bool JoinsTexts { get; init; }

    /// <summary>Why the row cannot be scored, with the column where there is one.</summary>
    public string? Error { get; init; }
}
