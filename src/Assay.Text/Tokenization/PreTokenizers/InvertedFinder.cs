using Assay.Text.Tokenization.RegularExpressions;

namespace Assay.Text.Tokenization.PreTokenizers;

/// <summary>What another finder passes over is found, and the other way round.</summary>
internal sealed class InvertedFinder(IFinder finder) : IFinder
{
    public void Find(ReadOnlySpan<byte> text, List<TextMatch> matches, MatchStack stack)
    {
        var first = matches.Count;
        finder.Find(text, matches, stack);
        for (var i = first; i < matches.Count; i++)
            matches[i] = matches[i] with { IsMatch = !matches[i].IsMatch };
    }
}
