namespace Assay.Data.Contract;

/// <summary>
/// Everything the contract can say about a row: a closed list. What each means is in <see cref="Reasons"/> and <c>docs/contract.md</c>.
/// </summary>
public enum Reason
{
    // The row cannot be read. These are errors: they count against the error limit.
    MalformedJson,
    BadEncoding,
    LineTooLong,
    DuplicateKey,
    WrongType,
    NonFiniteNumber,
    MixedFormat,

    // The row can be read and is not a pair to train on.
    MissingField,
    UnknownValue,
    NotPairable,
    NeedsImage,
    ContextMismatch,
    IdenticalCandidates,
    IdenticalTokens,
    EmptyCandidate,
    FinalTurnNotAssistant,
    TieOrAbstention,
    OverLength,
    CannotRender,
    TokenOutsideVocabulary,
    DuplicateRow,

    // The row is a pair, and somebody should look at it.
    UnreadContext,
    ContradictoryLabel,
    LowAgreement,
    LabelAgainstVotes,
    ScoreContradictsRatings,
    RolesDoNotAlternate,
    EmptyPrompt,
    EmptyTurn,
    BlankCandidate,
    WhiteSpaceDifference,
    ControlCharacter,
    ReplacementCharacter,
    TruncatedCandidate,
    ContainsOtherCandidate,
    ContainsPrompt,
    InlineRoleTag,
}
