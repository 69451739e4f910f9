namespace Assay.Text.Tokenization;

/// <summary>An encoded text or pair: one entry per token in each list.</summary>
/// <param name="Ids">The token ids.</param>
/// <param name="Tokens">The tokens' texts in the vocabulary's form; that of an unknown or an added token can be what stood in the
/// text.</param>
/// <param name="Offsets">Where each token stands in its text; [0, 0) for template tokens and pads.</param>
/// <param name="TypeIds">Which segment a token belongs to, for models that tell two texts apart.</param>
/// <param name="SpecialTokensMask">1 for template tokens and pads.</param>
/// <param name="AttentionMask">0 for pads.</param>
/// <param name="SequenceIds">0 for a token of the first text, 1 for one of the second, null for neither.</param>
/// <param name="Overflowing">What truncation cut off, in parts.</param>
public sealed record EncodedText(
    IReadOnlyList<int> Ids,
    IReadOnlyList<string> Tokens,
    IReadOnlyList<TokenOffset> Offsets,
    IReadOnlyList<int> TypeIds,
    IReadOnlyList<int> SpecialTokensMask,
    IReadOnlyList<int> AttentionMask,
    IReadOnlyList<int?> SequenceIds,
    IReadOnlyList<EncodedText> Overflowing
);

/// <summary>
/// The characters of the text that a token stands for: Unicode code points (not bytes, not UTF-16 units), from <paramref name="Start"/> to
/// before <paramref name="End"/>.
/// </summary>
public readonly record struct TokenOffset(int Start, int End);
