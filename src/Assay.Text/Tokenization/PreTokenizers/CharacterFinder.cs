using Assay.Text.Tokenization.RegularExpressions;

namespace Assay.Text.Tokenization.PreTokenizers;

/// <summary>Finds each character of a set, one match each.</summary>
internal sealed class CharacterFinder(CodePointSet set) : IFinder
{
    public void Find(ReadOnlySpan<byte> text, List<TextMatch> matches, MatchStack stack)
    {
        var covered = 0;
        for (var at = 0; at < text.Length; )
        {
            var found = set.Contains(Utf8.Decode(text, at, out var length));
            if (found)
            {
                if (at > covered)
                    matches.Add(new(covered, at, false));
                matches.Add(new(at, at + length, true));
                covered = at + length;
            }
            at += length;
        }
        if (covered < text.Length)
            matches.Add(new(covered, text.Length, false));
    }
}
