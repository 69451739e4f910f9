namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>
/// Parses Oniguruma's own syntax (ONIG_SYNTAX_ONIGURUMA, 6.9.10), as far as it can be matched exactly; any other construct is refused by
/// name. Unusual there: <c>{n,m}+</c> repeats again and is not possessive, <c>{n}?</c> makes it optional, <c>^ $</c> are line anchors,
/// <c>.</c> excludes \n only, <c>\h</c> is a hexadecimal digit, a class inside a class is a union, <c>&amp;&amp;</c> an intersection, an
/// option such as <c>(?i)</c> takes in the alternatives that follow it.
/// </summary>
internal sealed partial class PatternParser
{
    private const int DeepestNesting = 200;
    private const int MostQuantifiers = 20;
    private const int LargestCount = 100_000;

    private readonly string _pattern;
    private readonly int[] _input;
    private readonly bool _namedGroups;
    private readonly List<string?> _groupNames = [null];
    private int _at;
    private int _depth;

    private PatternParser(string pattern)
    {
        _pattern = pattern;
        _input = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];
        _namedGroups = HasNamedGroup(pattern);
    }

    public static (PatternNode Node, int GroupCount) Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        var node = parser.Alternatives(new Options());
        if (parser._at < parser._input.Length)
            throw parser.Refuse("a closing parenthesis without its opening one");
        parser.CheckReferences(node);
        return (node, parser._groupNames.Count);
    }

    private readonly record struct Options(bool IgnoreCase, bool DotTakesNewline);

    private bool Ended => _at >= _input.Length;

    private int Current => _at < _input.Length ? _input[_at] : -1;

    private TokenizerException Refuse(string construct) =>
        new(
            $"the regular expression '{_pattern}' has {construct} (at character {_at + 1}), which cannot be matched exactly as Oniguruma does; the tokenizer is refused"
        );

    private bool Take(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (_at + i >= _input.Length || _input[_at + i] != text[i])
                return false;
        _at += text.Length;
        return true;
    }

    private PatternNode Alternatives(Options options)
    {
        if (++_depth > DeepestNesting)
            throw Refuse("groups nested too deeply");
        var branches = new List<PatternNode>();
        do branches.Add(Branch(options));
        while (Take("|"));
        _depth--;
        return branches.Count == 1 ? branches[0] : new PatternNode.Alternation(branches);
    }

    private PatternNode Branch(Options options)
    {
        var parts = new List<PatternNode>();
        while (!Ended && Current != '|' && Current != ')')
        {
            if (Option(ref options))
            {
                // The rest of the group, alternatives included, belongs to the option.
                parts.Add(Alternatives(options));
                break;
            }
            if (Atom(options) is { } atom)
                parts.Add(Quantified(atom));
        }
        return Joined(parts);
    }

    /// <summary>Neighbouring characters become one literal, so that "ss" can meet "ß" under (?i).</summary>
    private static PatternNode Joined(List<PatternNode> parts)
    {
        var joined = new List<PatternNode>();
        for (var i = 0; i < parts.Count; )
        {
            var first = i++;
            if (parts[first] is not PatternNode.Literal { IgnoreCase: var ignoreCase })
            {
                joined.Add(parts[first]);
                continue;
            }
            while (i < parts.Count && parts[i] is PatternNode.Literal next && next.IgnoreCase == ignoreCase)
                i++;
            joined.Add(
                new PatternNode.Literal([.. parts[first..i].SelectMany(part => ((PatternNode.Literal)part).CodePoints)], ignoreCase)
            );
        }
        return joined.Count switch
        {
            0 => new PatternNode.Empty(),
            1 => joined[0],
            _ => new PatternNode.Sequence(joined),
        };
    }

    private PatternNode Quantified(PatternNode atom)
    {
        for (var count = 0; !Ended; count++)
        {
            if (count > MostQuantifiers)
                throw Refuse("too many repetitions of one another");
            int least,
                most;
            var interval = false;
            if (Take("?"))
                (least, most) = (0, 1);
            else if (Take("*"))
                (least, most) = (0, int.MaxValue);
            else if (Take("+"))
                (least, most) = (1, int.MaxValue);
            else if (Current == '{' && Interval(out least, out most))
                interval = true;
            else
                return atom;
            if (atom is PatternNode.Assertion or PatternNode.Look)
                throw Refuse("a repeated anchor or look-around");
            var greed = Greed.Greedy;
            if (interval ? least != most && Take("?") : Take("?"))
                greed = Greed.Lazy;
            else if (!interval && Take("+"))
                greed = Greed.Possessive;
            atom = new PatternNode.Repeat(atom, least, most, greed);
        }
        return atom;
    }

    /// <summary>{n}, {n,}, {,m} or {n,m}; anything else leaves the brace as a character.</summary>
    private bool Interval(out int least, out int most)
    {
        var start = _at++;
        var hasLeast = Number(out least);
        most = least;
        if (Take(","))
        {
            var hasMost = Number(out most);
            if (!hasMost)
                most = int.MaxValue;
            if (!hasLeast && !hasMost)
                goto literal;
        }
        else if (!hasLeast)
            goto literal;
        if (!Take("}"))
            goto literal;
        if (least > LargestCount || most > LargestCount && most != int.MaxValue)
            throw Refuse("a repetition count above 100,000");
        if (least > most)
            throw Refuse("a repetition {n,m} with n above m");
        return true;

        literal:
        _at = start;
        return false;
    }

    private bool Number(out int value)
    {
        var start = _at;
        value = 0;
        for (; Current is >= '0' and <= '9'; _at++)
            value = Math.Min(value * 10 + (Current - '0'), LargestCount + 1);
        return _at > start;
    }

    /// <summary>An option that stands alone: (?i), (?-i), (?m). One with a colon is an atom.</summary>
    private bool Option(ref Options options)
    {
        var start = _at;
        if (!Take("(?"))
            return false;
        var (changed, ok) = OptionLetters(options);
        if (ok && Take(")"))
        {
            options = changed;
            return true;
        }
        _at = start;
        return false;
    }

    private (Options, bool) OptionLetters(Options options)
    {
        var start = _at;
        var on = true;
        for (; ; _at++)
            switch (Current)
            {
                case 'i':
                    options = options with { IgnoreCase = on };
                    break;
                case 'm':
                    options = options with { DotTakesNewline = on };
                    break;
                case '-':
                    on = false;
                    break;
                case 'x' or 'W' or 'D' or 'S' or 'P' or 'C' or 'I' or 'L' or 'y' when _at > start || PlainOption():
                    throw Refuse($"the option '{(char)Current}'");
                default:
                    return (options, _at > start);
            }

        bool PlainOption() => Current is not ('P' or 'C' or 'L' or 'I') || _at + 1 < _input.Length && _input[_at + 1] is ')' or ':';
    }

    private PatternNode? Atom(Options options)
    {
        var c = Current;
        switch (c)
        {
            case '(':
                return Group(options);
            case '[':
                return Class(options);
            case '\\':
                return Escape(options);
            case '.':
                _at++;
                return new PatternNode.Class(options.DotTakesNewline ? CodePointSet.All : CodePointSet.OfPoint('\n').Not());
            case '^':
                _at++;
                return new PatternNode.Assertion(AssertionKind.LineStart);
            case '$':
                _at++;
                return new PatternNode.Assertion(AssertionKind.LineEnd);
            case '?' or '*' or '+':
                throw Refuse("a repetition of nothing");
            case '{' when Interval(out _, out _):
                throw Refuse("a repetition of nothing");
        }
        _at++;
        return Character(c, options);
    }

    private static PatternNode Character(int c, Options options) =>
        options.IgnoreCase ? new PatternNode.Literal(CaseFolding.Fold(c), true) : new PatternNode.Literal([c], false);

    private PatternNode? Group(Options options)
    {
        if (Take("(?#"))
        {
            while (!Ended && Current != ')')
                _at++;
            Close();
            return null;
        }
        if (Take("(?:"))
            return Inside(options);
        if (Take("(?>"))
            return new PatternNode.Atomic(Inside(options));
        if (Take("(?="))
            return new PatternNode.Look(Inside(options), false, false);
        if (Take("(?!"))
            return new PatternNode.Look(Inside(options), false, true);
        if (Take("(?<="))
            return new PatternNode.Look(Inside(options), true, false);
        if (Take("(?<!"))
            return new PatternNode.Look(Inside(options), true, true);
        if (Take("(?<") || Take("(?'"))
        {
            var name = Name(_input[_at - 1] == '<' ? '>' : '\'');
            if (_groupNames.Contains(name))
                throw Refuse("two groups of the same name");
            _groupNames.Add(name);
            var named = _groupNames.Count - 1;
            return new PatternNode.Capture(Inside(options), named);
        }
        if (Take("(?"))
        {
            var (changed, ok) = OptionLetters(options);
            if (ok && Take(":"))
                return Inside(changed);
            throw Refuse($"the group '(?{(Ended ? "" : char.ConvertFromUtf32(Current))}'");
        }
        if (Take("(*"))
            throw Refuse("a callout '(*'");
        _at++;
        if (_namedGroups)
            return Inside(options); // Oniguruma: with named groups, plain ones do not capture
        _groupNames.Add(null);
        var number = _groupNames.Count - 1;
        return new PatternNode.Capture(Inside(options), number);
    }

    private PatternNode Inside(Options options)
    {
        var node = Alternatives(options);
        Close();
        return node;
    }

    private void Close()
    {
        if (!Take(")"))
            throw Refuse("a group that is not closed");
    }

    private string Name(char end)
    {
        var start = _at;
        while (!Ended && Current != end)
            _at++;
        var name = string.Concat(_input[start.._at].Select(char.ConvertFromUtf32));
        _at++;
        if (name.Length == 0 || !(char.IsLetter(name[0]) || name[0] == '_'))
            throw Refuse($"the group name '{name}'");
        return name;
    }

    private void CheckReferences(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.BackReference reference when reference.Number >= _groupNames.Count:
                throw Refuse($"a reference to the group {reference.Number}, which it does not have");
            case PatternNode.Sequence sequence:
                foreach (var part in sequence.Parts)
                    CheckReferences(part);
                break;
            case PatternNode.Alternation alternation:
                foreach (var branch in alternation.Branches)
                    CheckReferences(branch);
                break;
            case PatternNode.Repeat repeat:
                CheckReferences(repeat.Part);
                break;
            case PatternNode.Capture capture:
                CheckReferences(capture.Part);
                break;
            case PatternNode.Atomic atomic:
                CheckReferences(atomic.Part);
                break;
            case PatternNode.Look look:
                CheckReferences(look.Part);
                break;
        }
    }

    private static bool HasNamedGroup(string pattern)
    {
        for (var i = 0; i + 3 < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
                i++;
            else if (
                pattern[i] == '('
                && pattern[i + 1] == '?'
                && (pattern[i + 2] == '\'' || pattern[i + 2] == '<' && pattern[i + 3] is not ('=' or '!'))
            )
                return true;
        }
        return false;
    }
}
