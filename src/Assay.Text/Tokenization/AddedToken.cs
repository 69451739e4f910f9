namespace Assay.Text.Tokenization;

/// <summary>A token beside the model's vocabulary. It is found in the text before the model sees it.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its id: the vocabulary's for this text, or the next free one.</param>
/// <param name="IsSpecial">Left out by <see cref="DecodedSpecialTokens.Skip"/>, and not found in text by
/// <see cref="SpecialTokenText.Plain"/>.</param>
/// <param name="IsNormalized">Looked for in the normalized text, its own text normalized too; otherwise in the text as it comes.</param>
/// <param name="StripsLeft">Takes white space before it.</param>
/// <param name="StripsRight">Takes white space after it.</param>
/// <param name="IsSingleWord">Only found where no word character touches it.</param>
public sealed record AddedToken(
    string Content,
    int Id,
    bool IsSpecial,
    bool IsNormalized,
    bool StripsLeft,
    bool StripsRight,
    bool IsSingleWord
);
