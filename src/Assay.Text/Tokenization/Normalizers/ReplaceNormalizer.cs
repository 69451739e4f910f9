using Assay.Text.Tokenization.RegularExpressions;

namespace Assay.Text.Tokenization.Normalizers;

/// <summary>Replaces each match by a string, literally: it knows no group references.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    private readonly int[] _content = [.. content.EnumerateRunes().Select(rune => rune.Value)];

    /// <summary>What stands where nothing stood at the front is aligned with nothing, and later stages tell it apart by that.</summary>
    public override bool NeedsAlignment => pattern.CanMatchEmpty;

    public override void Apply(AlignedText text, PieceText work) => Replace(text, work, pattern, _content);

    public static void Replace(AlignedText text, PieceText work, IFinder pattern, ReadOnlySpan<int> content)
    {
        var matches = work.Matches;
        matches.Clear();
        pattern.Find(text.Bytes, matches, work.Stack);
        if (!matches.Exists(static match => match.IsMatch))
            return;
        text.Begin();
        foreach (var match in matches)
        {
            if (!match.IsMatch)
                continue;
            text.CopyUntil(match.Start);
            text.SkipUntil(match.End);
            foreach (var codePoint in content)
                text.Emit(codePoint, 1);
        }
        text.CopyUntil(text.Length);
        text.End();
    }
}
