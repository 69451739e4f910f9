namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>Character classes: ranges, classes inside classes, intersections, POSIX names.</summary>
internal sealed partial class PatternParser
{
    private PatternNode Class(Options options)
    {
        _at++;
        var (set, negative) = ClassBody();
        if (!options.IgnoreCase)
            return new PatternNode.Class(negative ? set.Not() : set);
        var folded = CaseFolding.Close(set);
        if (negative)
            return new PatternNode.Class(folded.Not());
        var sequences = CaseFolding.SequencesIn(set);
        return sequences.Count == 0
            ? new PatternNode.Class(folded)
            : new PatternNode.Alternation([
                new PatternNode.Class(folded),
                .. sequences.Select(sequence => new PatternNode.Literal(sequence, true)),
            ]);
    }

    /// <summary>After the bracket: the set as written and whether a caret negates it.</summary>
    private (CodePointSet Set, bool Negative) ClassBody()
    {
        if (++_depth > DeepestNesting)
            throw Refuse("classes nested too deeply");
        var negative = Take("^");
        CodePointSet? before = null;
        var ranges = new List<(int, int)>();
        var sets = CodePointSet.Empty;
        var first = true;
        for (; ; first = false)
        {
            if (Ended)
                throw Refuse("a character class that is not closed");
            if (Current == ']' && !(first && _input.AsSpan(_at + 1).Contains(']')))
            {
                _at++;
                break;
            }
            if (Take("&&"))
            {
                var left = sets.Union(CodePointSet.Of([.. ranges]));
                before = before?.Intersect(left) ?? left;
                ranges.Clear();
                sets = CodePointSet.Empty;
                continue;
            }
            if (Current == '[')
            {
                sets = sets.Union(PosixClass() ?? NestedClass());
                continue;
            }
            if (Current == '\\')
            {
                _at++;
                if (EscapedSet(out var escaped))
                {
                    sets = sets.Union(escaped);
                    continue;
                }
                _at--;
            }
            var low = ClassCharacter();
            if (
                Current == '-'
                && _at + 1 < _input.Length
                && _input[_at + 1] != ']'
                && !(_input[_at + 1] == '&' && _at + 2 < _input.Length && _input[_at + 2] == '&')
            )
            {
                _at++;
                if (
                    Current == '['
                    || Current == '\\'
                        && _at + 1 < _input.Length
                        && _input[_at + 1] is 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'h' or 'H' or 'p' or 'P'
                )
                    throw Refuse("a range that ends in a class");
                var high = ClassCharacter();
                if (high < low)
                    throw Refuse("a range whose end is before its start");
                ranges.Add((low, high));
            }
            else
                ranges.Add((low, low));
        }
        _depth--;
        var set = sets.Union(CodePointSet.Of([.. ranges]));
        return (before?.Intersect(set) ?? set, negative);
    }

    private CodePointSet NestedClass()
    {
        _at++;
        var (set, negative) = ClassBody();
        return negative ? set.Not() : set;
    }

    private int ClassCharacter()
    {
        var c = Current;
        if (Ended)
            throw Refuse("a character class that is not closed");
        _at++;
        if (c != '\\')
            return c;
        if (Ended)
            throw Refuse("a backslash at the end");
        if (Current == 'b')
        {
            _at++;
            return 8;
        }
        if (Current is 'R' or 'X' or 'N' or 'O' or 'k' or >= '1' and <= '9')
            throw Refuse($"'\\{(char)Current}' inside a class");
        return EscapedCharacter();
    }

    private CodePointSet? PosixClass()
    {
        var start = _at;
        if (!Take("[:"))
            return null;
        var not = Take("^");
        var name = "";
        for (; Current is >= 'a' and <= 'z'; _at++)
            name += (char)Current;
        if (Take(":]"))
        {
            var set = UnicodeProperties.FindPosix(name) ?? throw Refuse($"the class '[:{name}:]'");
            return not ? set.Not() : set;
        }
        _at = start;
        return null;
    }
}
