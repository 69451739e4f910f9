using Assay.Text.Tokenization.Normalizers;
using Assay.Text.Tokenization.RegularExpressions;

namespace Assay.Text.Tokenization.PreTokenizers;

/// <summary>
/// sentencepiece's: spaces become a mark, the mark stands before a piece (all, or only one that starts at offset 0), and each mark begins a
/// new piece.
/// </summary>
internal sealed class MetaspacePreTokenizer(int replacement, PrependScheme scheme, bool split) : PreTokenizer, IRewriter
{
    private static readonly TextPattern Space = TextPattern.OfLiteral(" ");
    private readonly byte[] _mark = Utf8.Bytes(replacement);
    private readonly CharacterFinder _finder = new(CodePointSet.OfPoint(replacement));

    public override bool NeedsAlignment => scheme == PrependScheme.First;

    public override void Apply(PieceText work) => work.Rewrite(this);

    SplitBehavior? IRewriter.Rewrite(AlignedText text, PieceText work)
    {
        ReplaceNormalizer.Replace(text, work, Space, [replacement]);
        if ((scheme == PrependScheme.Always || scheme == PrependScheme.First && text.OriginalStart == 0) && !text.Bytes.StartsWith(_mark))
            text.Prepend(_mark);
        if (!split)
            return null;
        work.Matches.Clear();
        _finder.Find(text.Bytes, work.Matches, work.Stack);
        return SplitBehavior.MergedWithNext;
    }
}

/// <summary>Which pieces Metaspace puts its mark before.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}
