namespace Assay.Text.Tokenization;

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
