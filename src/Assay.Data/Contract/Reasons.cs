using System.Collections.Frozen;

namespace Assay.Data.Contract;

/// <summary>The table of reasons: code in files and reports, where a row with it goes, and what it means in one sentence.</summary>
public static class Reasons
{
    /// <param name="Reason">The reason.</param>
    /// <param name="Code">Its name in every file and table, snake_case.</param>
    /// <param name="Status">Where a row with it goes.</param>
    /// <param name="Meaning">One sentence for people.</param>
    public sealed record Entry(Reason Reason, string Code, RowStatus Status, string Meaning);

    /// <summary>Every reason, in the order of the enumeration.</summary>
    public static IReadOnlyList<Entry> All { get; } =
    [
        new(Reason.MalformedJson, "malformed_json", RowStatus.Quarantine, "The line is not JSON, or ends in the middle of it."),
        new(
            Reason.BadEncoding,
            "bad_encoding",
            RowStatus.Quarantine,
            "The line holds bytes that are not UTF-8, or half of a surrogate pair."
        ),
        new(
            Reason.LineTooLong,
            "line_too_long",
            RowStatus.Quarantine,
            "The line is longer than the reader's limit and was not read; only its beginning is kept."
        ),
        new(
            Reason.DuplicateKey,
            "duplicate_key",
            RowStatus.Quarantine,
            "An object of the row has the same key twice, so two readers would see two rows."
        ),
        new(Reason.WrongType, "wrong_type", RowStatus.Quarantine, "A field holds another JSON type than its format says."),
        new(Reason.NonFiniteNumber, "non_finite_number", RowStatus.Quarantine, "A number is NaN or infinite."),
        new(Reason.MixedFormat, "mixed_format", RowStatus.Quarantine, "The row is of another format than its file."),
        new(Reason.MissingField, "missing_field", RowStatus.Quarantine, "A field the format needs is absent or null."),
        new(Reason.UnknownValue, "unknown_value", RowStatus.Quarantine, "A label, vote, winner or role is none of those the format knows."),
        new(
            Reason.NotPairable,
            "not_pairable",
            RowStatus.Quarantine,
            "The row holds no second candidate to compare with (unpaired or process labels)."
        ),
        new(
            Reason.NeedsImage,
            "needs_image",
            RowStatus.Quarantine,
            "The row holds an image, sound or film; a model that reads text cannot judge it."
        ),
        new(
            Reason.ContextMismatch,
            "context_mismatch",
            RowStatus.Quarantine,
            "Prompt, system message or earlier turns differ between the two sides."
        ),
        new(Reason.IdenticalCandidates, "identical_candidates", RowStatus.Quarantine, "Chosen and rejected are the same."),
        new(
            Reason.IdenticalTokens,
            "identical_tokens",
            RowStatus.Quarantine,
            "Chosen and rejected differ as text and are the same token ids to this model."
        ),
        new(Reason.EmptyCandidate, "empty_candidate", RowStatus.Quarantine, "A candidate is empty."),
        new(
            Reason.FinalTurnNotAssistant,
            "final_turn_not_assistant",
            RowStatus.Quarantine,
            "A side does not end with an assistant turn, so there is no answer to score."
        ),
        new(
            Reason.TieOrAbstention,
            "tie_or_abstention",
            RowStatus.Quarantine,
            "Neither side was preferred: a tie, an abstention or no label."
        ),
        new(
            Reason.OverLength,
            "over_length",
            RowStatus.Quarantine,
            "A side has more tokens than max_length; pairs are left out, never truncated."
        ),
        new(
            Reason.CannotRender,
            "cannot_render",
            RowStatus.Quarantine,
            "The model's chat template refuses the conversation, or it has no tokens."
        ),
        new(
            Reason.TokenOutsideVocabulary,
            "token_outside_vocabulary",
            RowStatus.Quarantine,
            "A side holds a token for which the model has no embedding: tokenizer and weights are of different sizes."
        ),
        new(Reason.DuplicateRow, "duplicate_row", RowStatus.Quarantine, "The same context, chosen and rejected stood in an earlier row."),
        new(
            Reason.UnreadContext,
            "unread_context",
            RowStatus.Review,
            "The row holds a text, list or object whose role nobody knows; read without it this may be another pair."
        ),
        new(
            Reason.ContradictoryLabel,
            "contradictory_label",
            RowStatus.Review,
            "Another row has the same context and candidates with the opposite winner."
        ),
        new(Reason.LowAgreement, "low_agreement", RowStatus.Review, "Fewer of the row's votes chose the winner than the threshold asks."),
        new(
            Reason.LabelAgainstVotes,
            "label_against_votes",
            RowStatus.Review,
            "More votes went to the rejected side than to the chosen one."
        ),
        new(
            Reason.ScoreContradictsRatings,
            "score_contradicts_ratings",
            RowStatus.Review,
            "The score that chose the winner and the row's own ratings prefer different sides."
        ),
        new(
            Reason.RolesDoNotAlternate,
            "roles_do_not_alternate",
            RowStatus.Review,
            "Two turns of one role follow each other, or the first turn is the assistant's."
        ),
        new(
            Reason.EmptyPrompt,
            "empty_prompt",
            RowStatus.Review,
            "The prompt is blank, or null or absent where other rows of the file have one."
        ),
        new(Reason.EmptyTurn, "empty_turn", RowStatus.Review, "A turn before the answer is blank and carries nothing else."),
        new(Reason.BlankCandidate, "blank_candidate", RowStatus.Review, "A candidate is white space only."),
        new(Reason.WhiteSpaceDifference, "white_space_difference", RowStatus.Review, "The candidates differ in white space only."),
        new(
            Reason.ControlCharacter,
            "control_character",
            RowStatus.Review,
            "A text holds a control character other than tab, line feed and carriage return before line feed."
        ),
        new(Reason.ReplacementCharacter, "replacement_character", RowStatus.Review, "A text holds U+FFFD: it was decoded wrongly once."),
        new(
            Reason.TruncatedCandidate,
            "truncated_candidate",
            RowStatus.Review,
            "A candidate looks cut off: a long text that ends inside a word, a sentence or a code block while the other side does not."
        ),
        new(Reason.ContainsOtherCandidate, "contains_other_candidate", RowStatus.Review, "One candidate holds the whole of the other."),
        new(Reason.ContainsPrompt, "contains_prompt", RowStatus.Review, "A candidate repeats the whole prompt."),
        new(
            Reason.InlineRoleTag,
            "inline_role_tag",
            RowStatus.Review,
            "A turn holds a role tag (Human:, Assistant:, <|im_start|>, …) at the beginning of a line: turns were glued together."
        ),
    ];

    private static readonly FrozenDictionary<string, Entry> ByCode = All.ToFrozenDictionary(entry => entry.Code);

    /// <summary>The reason's snake_case name.</summary>
    public static string Code(this Reason reason) => All[(int)reason].Code;

    /// <summary>Where a row with this reason goes.</summary>
    public static RowStatus Status(this Reason reason) => All[(int)reason].Status;

    /// <summary>
    /// True when the file is wrong rather than the pair: such rows count against the reader's error limit, and <c>check</c> exits with 2.
    /// </summary>
    public static bool IsError(this Reason reason) => reason <= Reason.MixedFormat;

    /// <summary>The reason of that code, or null.</summary>
    public static Reason? OfCode(string code) => ByCode.TryGetValue(code, out var entry) ? entry.Reason : null;
}
