namespace Assay.Data.Checking;

/// <summary>What a check was asked to do beyond its files, so that its report says by which rules rows were kept.</summary>
/// <param name="MinAgreement">Least share of a row's votes for chosen, 0..1.</param>
/// <param name="MaxErrors">Unreadable rows of a file that were allowed.</param>
/// <param name="Format">The format that was named; null where it was detected.</param>
/// <param name="Model">Whose tokens were counted; null without one.</param>
public sealed record CheckSettings(double MinAgreement, int MaxErrors, string? Format, CheckedModel? Model);

/// <param name="Path">The model as it was named.</param>
/// <param name="TextFingerprint">Stands for its tokenizer, template and text rules.</param>
/// <param name="ChatTemplate">Where the template came from: <c>checkpoint</c>, <c>plain</c>, or the file or name that was given.</param>
/// <param name="SplitSpecialTokens">Whether special tokens that a turn spells out were read as text.</param>
/// <param name="VocabularySize">Ids from here on have no embedding.</param>
/// <param name="MaxLength">The limit that was asked for, in tokens; null for none.</param>
/// <param name="LongestSequence">What the model has positions for, in tokens; null where nothing ends.</param>
/// <param name="Limit">The smaller of the two, which was applied; null where there is neither.</param>
public sealed record CheckedModel(
    string Path,
    string TextFingerprint,
    string ChatTemplate,
    bool SplitSpecialTokens,
    int VocabularySize,
    int? MaxLength,
    int? LongestSequence,
    int? Limit
);
