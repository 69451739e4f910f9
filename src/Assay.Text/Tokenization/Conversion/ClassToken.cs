namespace Assay.Text.Tokenization.Conversion;

/// <summary>A special token that a tokenizer's class brings with it where the files name none, and how it is found in text.</summary>
/// <param name="Role">Its name in tokenizer_config.json.</param>
internal readonly record struct ClassToken(string Role, string Content, bool IsNormalized = false, bool StripsLeft = false)
{
    /// <summary>A token of another text in the same role.</summary>
    public AddedToken ToToken(string content) =>
        new(content, 0, IsSpecial: true, IsNormalized, StripsLeft, StripsRight: false, IsSingleWord: false);
}
