namespace Assay.Text.Tokenization;

/// <summary>How to encode a text. The truncation and padding that stand in a file are not applied unless they are put here.</summary>
public sealed record EncodeOptions
{
    /// <summary>With template tokens, special tokens recognized, nothing cut or padded.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>As <see cref="Default"/> without template tokens.</summary>
    public static EncodeOptions WithoutTemplate { get; } = new() { TemplateTokens = TemplateTokens.Omit };

    public TemplateTokens TemplateTokens { get; init; } = TemplateTokens.Add;

    public SpecialTokenText SpecialTokenText { get; init; } = SpecialTokenText.Recognize;

    /// <summary>
    /// Nothing in Assay asks for this or for <see cref="Padding"/>: a text that is too long is refused, and packed rows have no pads. They
    /// are here because the tokenizers' recorded encodings, the test of everything above, were made with them.
    /// </summary>
    public Truncation? Truncation { get; init; }

    public Padding? Padding { get; init; }
}

/// <summary>Whether the post-processor's tokens, such as BOS or [CLS] and [SEP], stand around the text.</summary>
public enum TemplateTokens
{
    Add,

    /// <summary>For text that was rendered by a chat template, which writes them itself.</summary>
    Omit,
}

/// <summary>What happens to text that spells a special token.</summary>
public enum SpecialTokenText
{
    /// <summary>It becomes that token.</summary>
    Recognize,

    /// <summary>It is text like any other (transformers' split_special_tokens): for what a user wrote.</summary>
    Plain,
}

/// <summary>Which side tokens are taken from or pads put on.</summary>
public enum TokenSide
{
    Left,
    Right,
}

/// <summary>Which text of a pair is cut.</summary>
public enum TruncationStrategy
{
    LongestFirst,
    OnlyFirst,
    OnlySecond,
}

/// <summary>How an encoding is cut; what is cut off is in <see cref="EncodedText.Overflowing"/>.</summary>
/// <param name="MaxLength">Tokens that stay, template tokens included.</param>
/// <param name="Strategy">Which text of a pair is cut.</param>
/// <param name="Stride">Tokens that each overflowing part repeats of the one before.</param>
/// <param name="Side">Where tokens are taken away.</param>
public sealed record Truncation(
    int MaxLength,
    TruncationStrategy Strategy = TruncationStrategy.LongestFirst,
    int Stride = 0,
    TokenSide Side = TokenSide.Right
);

/// <summary>How an encoding is padded.</summary>
/// <param name="Length">The length to pad to; null for that of the longest in the batch, which for one text is its own.</param>
/// <param name="PadId">The id of the pad token.</param>
/// <param name="PadToken">The pad token.</param>
/// <param name="Side">Where pads are put.</param>
/// <param name="MultipleOf">Rounds the length up to a multiple.</param>
/// <param name="PadTypeId">The type id of pads.</param>
public sealed record Padding(
    int? Length,
    int PadId,
    string PadToken,
    TokenSide Side = TokenSide.Right,
    int? MultipleOf = null,
    int PadTypeId = 0
);
