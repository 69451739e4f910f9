using Assay.Text.Tokenization.RegularExpressions;

namespace Assay.Text.Tokenization.PreTokenizers;

/// <summary>Finds <c>\w+|[^\w\s]+</c> with the classes of Rust's regex crate, which are not Oniguruma's.</summary>
internal sealed class WordFinder : IFinder
{
    private static readonly CodePointSet Word = UnicodeData.Set("set RustWord");

    public void Find(ReadOnlySpan<byte> text, List<TextMatch> matches, MatchStack stack)
    {
        int start = 0,
            kind = -1;
        for (var at = 0; at < text.Length; )
        {
            var codePoint = Utf8.Decode(text, at, out var length);
            var next =
                Word.Contains(codePoint) ? 1
                : UnicodeData.WhiteSpace.Contains(codePoint) ? 0
                : 2;
            if (next != kind && at > start)
            {
                matches.Add(new(start, at, kind != 0));
                start = at;
            }
            kind = next;
            at += length;
        }
        if (start < text.Length)
            matches.Add(new(start, text.Length, kind != 0));
    }
}
