namespace Assay.Data;

/// <summary>
/// Two candidates for one context, one of which was preferred. Both sides are whole conversations: the context is repeated in each,
/// and for messages the first <see cref="PromptMessageCount"/> turns of both are equal.
/// </summary>
public sealed record PreferencePair
{
    /// <summary>Line in its file, counted from 1 (for Parquet the row's number).</summary>
    public required long Row { get; init; }

    /// <summary>Which of the row's pairs this is, from 0; above 0 only where a row holds more than two candidates.</summary>
    public int Part { get; init; }

    public required Conversation Chosen { get; init; }

    public required Conversation Rejected { get; init; }

    /// <summary>How many leading messages are the shared context; 0 for plain text.</summary>
    public int PromptMessageCount { get; init; }

    /// <summary>
    /// For plain text: how many leading characters of both texts are the prompt. 0 for messages and where the row states no prompt.
    /// </summary>
    public int PromptTextLength { get; init; }

    /// <summary>
    /// The context as one text, for grouping: the prompt string; for messages the only user turn's content, or the turns before the answer,
    /// each as <c>role: content</c>, joined by blank lines; for plain text without a prompt the candidates' common beginning, cut back to a
    /// blank.
    /// </summary>
    public string Prompt { get; init; } = "";

    /// <summary>How much better chosen is, subtracted inside the sigmoid; null when the data has none.</summary>
    public double? Margin { get; init; }

    /// <summary>
    /// Somebody compared both sides and found neither better. The reader sets such rows aside all the same, unless it is asked for ties;
    /// which side is called chosen then means nothing.
    /// </summary>
    public bool IsTie { get; init; }

    /// <summary>
    /// How much better chosen was said to be (HelpSteer's preference strength, 1 to 3, without sign); null when the data does not say.
    /// </summary>
    public double? Strength { get; init; }

    /// <summary>The row's own id, if it has one.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// The row's own name for the chosen candidate (<c>chosen_id</c>), if it has one: scores made elsewhere may be by candidate.
    /// </summary>
    public string? ChosenId { get; init; }

    /// <summary>As <see cref="ChosenId"/>, of the rejected one.</summary>
    public string? RejectedId { get; init; }

    /// <summary>Where the row comes from (<c>source</c>, <c>subset</c>, or the file's name): reports are cut by it.</summary>
    public string? Source { get; init; }

    /// <summary>What each annotator said, if the row keeps it.</summary>
    public IReadOnlyList<AnnotatorVote>? Votes { get; init; }

    /// <summary>Where the pair comes from, or null when the row says nothing.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>
    /// The chosen candidate alone: the text after the prompt, or the contents of the turns after the context joined by blank lines.
    /// </summary>
    public string ChosenAnswer => Answer(Chosen);

    public string RejectedAnswer => Answer(Rejected);

    /// <summary>The same as <see cref="ChosenAnswer"/>, copied only where it stands in several turns.</summary>
    internal ReadOnlySpan<char> ChosenAnswerSpan => AnswerSpan(Chosen);

    internal ReadOnlySpan<char> RejectedAnswerSpan => AnswerSpan(Rejected);

    private string Answer(Conversation side) =>
        side.Text is { } text
            ? PromptTextLength == 0
                ? text
                : text[PromptTextLength..]
            : AnswerTurns(side.Messages!);

    private ReadOnlySpan<char> AnswerSpan(Conversation side) =>
        side.Text is { } text ? text.AsSpan(PromptTextLength) : AnswerTurns(side.Messages!);

    private string AnswerTurns(IReadOnlyList<Message> messages) =>
        messages.Count == PromptMessageCount + 1
            ? messages[PromptMessageCount].Content
            : string.Join("\n\n", messages.Skip(PromptMessageCount).Select(message => message.Content));
}
