using Assay.Text.Tokenization.Normalizers;
using Assay.Text.Tokenization.RegularExpressions;

namespace Assay.Text.Tokenization.PreTokenizers;

/// <summary>
/// GPT-2's: a space before each piece if wanted, GPT-2's own pattern unless another split came before, and then bytes as characters.
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private static readonly Lazy<TextPattern> Words = new(() =>
        TextPattern.OfExpression(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
    );

    private static readonly PrefixSpace Prefix = new();
    private static readonly ToBytes Mapping = new();

    public override void Apply(PieceText work)
    {
        if (addPrefixSpace)
            work.Rewrite(Prefix);
        if (useRegex)
            work.Split(Words.Value, SplitBehavior.Isolated);
        work.Rewrite(Mapping);
    }

    private sealed class PrefixSpace : IRewriter
    {
        public SplitBehavior? Rewrite(AlignedText text, PieceText work)
        {
            if (!text.Bytes.StartsWith(" "u8))
                text.Prepend(" "u8);
            return null;
        }
    }

    private sealed class ToBytes : IRewriter
    {
        public SplitBehavior? Rewrite(AlignedText text, PieceText work)
        {
            ByteLevelNormalizer.Apply(text);
            return null;
        }
    }
}
