namespace Assay.Data.Contract;

/// <summary>
/// Everything the contract can say about a row: a closed list. A member says where it leads a row and what it means; its code in files
/// follows from its name (<see cref="Reasons"/>).
/// </summary>
public enum Reason
{
    // The row cannot be read. These are errors: they count against the error limit.
    [Leads(RowStatus.Quarantine, "The line is not JSON, or ends in the middle of it.")]
    MalformedJson,

    [Leads(RowStatus.Quarantine, "The line holds bytes that are not UTF-8, or half of a surrogate pair.")]
    BadEncoding,

    [Leads(RowStatus.Quarantine, "The line is longer than the reader's limit and was not read; only its beginning is kept.")]
    LineTooLong,

    [Leads(RowStatus.Quarantine, "An object of the row has the same key twice, so two readers would see two rows.")]
    DuplicateKey,

    [Leads(RowStatus.Quarantine, "A field holds another JSON type than its format says.")]
    WrongType,

    [Leads(RowStatus.Quarantine, "A number is NaN or infinite.")]
    NonFiniteNumber,

    [Leads(RowStatus.Quarantine, "The row is of another format than its file.")]
    MixedFormat,

    // The row can be read and is not a pair to train on.
    [Leads(RowStatus.Quarantine, "A field the format needs is absent or null.")]
    MissingField,

    [Leads(RowStatus.Quarantine, "A label, vote, winner or role is none of those the format knows.")]
    UnknownValue,

    [Leads(RowStatus.Quarantine, "The row holds no second candidate to compare with (unpaired or process labels).")]
    NotPairable,

    [Leads(RowStatus.Quarantine, "The row holds an image, sound or film; a model that reads text cannot judge it.")]
    NeedsImage,

    [Leads(RowStatus.Quarantine, "Prompt, system message or earlier turns differ between the two sides.")]
    ContextMismatch,

    [Leads(RowStatus.Quarantine, "Chosen and rejected are the same.")]
    IdenticalCandidates,

    [Leads(RowStatus.Quarantine, "Chosen and rejected differ as text and are the same token ids to this model.")]
    IdenticalTokens,

    [Leads(RowStatus.Quarantine, "A candidate is empty.")]
    EmptyCandidate,

    [Leads(RowStatus.Quarantine, "A side does not end with an assistant turn, so there is no answer to score.")]
    FinalTurnNotAssistant,

    [Leads(RowStatus.Quarantine, "Neither side was preferred: a tie, an abstention or no label.")]
    TieOrAbstention,

    [Leads(RowStatus.Quarantine, "A side has more tokens than max_length; pairs are left out, never truncated.")]
    OverLength,

    [Leads(RowStatus.Quarantine, "The model's chat template refuses the conversation, or it has no tokens.")]
    CannotRender,

    [Leads(
        RowStatus.Quarantine,
        "A side holds a token for which the model has no embedding: tokenizer and weights are of different sizes."
    )]
    TokenOutsideVocabulary,

    [Leads(RowStatus.Quarantine, "The same context, chosen and rejected stood in an earlier row.")]
    DuplicateRow,

    // The row is a pair, and somebody should look at it.
    [Leads(RowStatus.Review, "The row holds a text, list or object whose role nobody knows; read without it this may be another pair.")]
    UnreadContext,

    [Leads(RowStatus.Review, "Another row has the same context and candidates with the opposite winner.")]
    ContradictoryLabel,

    [Leads(RowStatus.Review, "Fewer of the row's votes chose the winner than the threshold asks.")]
    LowAgreement,

    [Leads(RowStatus.Review, "More votes went to the rejected side than to the chosen one.")]
    LabelAgainstVotes,

    [Leads(RowStatus.Review, "The score that chose the winner and the row's own ratings prefer different sides.")]
    ScoreContradictsRatings,

    [Leads(RowStatus.Review, "Two turns of one role follow each other, or the first turn is the assistant's.")]
    RolesDoNotAlternate,

    [Leads(RowStatus.Review, "The prompt is blank, or null or absent where other rows of the file have one.")]
    EmptyPrompt,

    [Leads(RowStatus.Review, "A turn before the answer is blank and carries nothing else.")]
    EmptyTurn,

    [Leads(RowStatus.Review, "A candidate is white space only.")]
    BlankCandidate,

    [Leads(RowStatus.Review, "The candidates differ in white space only.")]
    WhiteSpaceDifference,

    [Leads(RowStatus.Review, "A text holds a control character other than tab, line feed and carriage return before line feed.")]
    ControlCharacter,

    [Leads(RowStatus.Review, "A text holds U+FFFD: it was decoded wrongly once.")]
    ReplacementCharacter,

    [Leads(
        RowStatus.Review,
        "A candidate looks cut off: a long text that ends inside a word, a sentence or a code block while the other side does not."
    )]
    TruncatedCandidate,

    [Leads(RowStatus.Review, "One candidate holds the whole of the other.")]
    ContainsOtherCandidate,

    [Leads(RowStatus.Review, "A candidate repeats the whole prompt.")]
    ContainsPrompt,

    [Leads(
        RowStatus.Review,
        "A turn holds a role tag (Human:, Assistant:, <|im_start|>, …) at the beginning of a line: turns were glued together."
    )]
    InlineRoleTag,
}

/// <summary>Where a row with a reason goes, and what the reason means.</summary>
/// <param name="status">Where such a row goes, unless a graver reason leads it elsewhere.</param>
/// <param name="meaning">One sentence for people.</param>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class LeadsAttribute(RowStatus status, string meaning) : Attribute
{
    public RowStatus Status => status;

    public string Meaning => meaning;
}
