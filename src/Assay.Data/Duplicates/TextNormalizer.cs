using System.Text;

namespace Assay.Data.Duplicates;

/// <summary>
/// The normal form in which texts are compared: NFKC, lower case, every code point that is not a letter, mark or number becomes a space,
/// spaces collapse. Two texts that differ in case, punctuation, width or composition only are equal in it.
/// </summary>
public static class TextNormalizer
{
    /// <summary>The normal form; empty for a text without letters and numbers.</summary>
    public static string Normalize(string text)
    {
        ReadOnlySpan<char> composed = Ascii.IsValid(text) ? text : UnicodeNormalization.Nfkc(text).ToLowerInvariant();
        var normal = new StringBuilder(composed.Length);
        var pendingSpace = false;
        foreach (var rune in composed.EnumerateRunes())
        {
            if (!IsWordRune(rune))
            {
                pendingSpace = normal.Length > 0;
                continue;
            }
            if (pendingSpace)
                normal.Append(' ');
            pendingSpace = false;
            if (rune.IsAscii)
                normal.Append(char.ToLowerInvariant((char)rune.Value));
            else
                normal.Append(rune.ToString());
        }
        return normal.ToString();
    }

    /// <summary>
    /// Lower case with white space collapsed to single spaces: the form in which group keys are compared, see <c>docs/formats.md</c>.
    /// </summary>
    public static string CollapseCase(string text)
    {
        var collapsed = new StringBuilder(text.Length);
        var pendingSpace = false;
        foreach (var character in text)
        {
            // The four ASCII separators count as white space too, as they do in the rule's first implementation (Python's split).
            if (char.IsWhiteSpace(character) || character is >= '\x1c' and <= '\x1f')
            {
                pendingSpace = collapsed.Length > 0;
                continue;
            }
            if (pendingSpace)
                collapsed.Append(' ');
            pendingSpace = false;
            collapsed.Append(character);
        }
        return collapsed.ToString().ToLowerInvariant();
    }

    private static bool IsWordRune(Rune rune)
    {
        if (rune.IsAscii)
            return char.IsAsciiLetterOrDigit((char)rune.Value);
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= System.Globalization.UnicodeCategory.OtherNumber => true, // Lu Ll Lt Lm Lo, Mn Mc Me, Nd Nl No are the first eleven
            _ => false,
        };
    }
}
