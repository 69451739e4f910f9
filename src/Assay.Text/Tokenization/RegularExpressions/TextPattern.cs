using System.Text;

namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>
/// A pattern of a Split or Replace: a literal string or an Oniguruma expression. Matches follow one another as in the onig crate: an empty
/// match directly after the match before it is passed over.
/// </summary>
internal sealed class TextPattern : IFinder
{
    private readonly byte[]? _literal;
    private readonly MatchProgram? _program;

    private TextPattern(byte[]? literal, MatchProgram? program)
    {
        _literal = literal;
        _program = program;
    }

    public bool CanMatchEmpty => _program?.CanMatchEmpty ?? false;

    public static TextPattern OfLiteral(string text) => text.Length == 0 ? OfExpression("") : new(Encoding.UTF8.GetBytes(text), null);

    public static TextPattern OfExpression(string pattern) => new(null, PatternCompiler.Compile(pattern));

    public void Find(ReadOnlySpan<byte> text, List<TextMatch> matches, MatchStack stack)
    {
        if (text.IsEmpty)
            return;
        var covered = 0;
        if (_literal is not null)
        {
            for (int found; (found = text[covered..].IndexOf(_literal)) >= 0; )
            {
                if (found > 0)
                    matches.Add(new(covered, covered + found, false));
                matches.Add(new(covered + found, covered + found + _literal.Length, true));
                covered += found + _literal.Length;
            }
        }
        else
        {
            var matcher = new Matcher(_program!, text, stack);
            int from = 0,
                lastEnd = -1;
            while (from <= text.Length && matcher.Find(from, out var start, out var end))
            {
                if (start == end && end == lastEnd)
                {
                    from += from < text.Length ? Utf8.Length(text[from]) : 1;
                    continue;
                }
                if (start > covered)
                    matches.Add(new(covered, start, false));
                matches.Add(new(start, end, true));
                from = covered = lastEnd = end;
            }
        }
        if (covered < text.Length)
            matches.Add(new(covered, text.Length, false));
    }
}
