namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>
/// Parses Oniguruma's own syntax (ONIG_SYNTAX_ONIGURUMA, 6.9.10), as far as it can be matched exactly; any other construct is refused by
/// name. Unusual there: <c>{n,m}+</c> repeats again and is not possessive, <c>{n}?</c> makes it optional, <c>^ $</c> are line anchors,
/// <c>.</c> excludes \n only, <c>\h</c> is a hexadecimal digit, a class inside a class is a union, <c>&amp;&amp;</c> an intersection, an
/// option such as <c>(?i)</c> takes in the alternatives that follow it.
/// </summary>
internal sealed class PatternParser
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

    private PatternNode Escape(Options options)
    {
        _at++;
        if (Ended)
            throw Refuse("a backslash at the end");
        var c = Current;
        if (EscapedSet(out var set))
            return new PatternNode.Class(set);
        _at++;
        switch (c)
        {
            case 'A':
                return new PatternNode.Assertion(AssertionKind.TextStart);
            case 'z':
                return new PatternNode.Assertion(AssertionKind.TextEnd);
            case 'Z':
                return new PatternNode.Assertion(AssertionKind.TextEndOrLastNewline);
            case 'b':
                return new PatternNode.Assertion(AssertionKind.WordBoundary);
            case 'B':
                return new PatternNode.Assertion(AssertionKind.NotWordBoundary);
            case 'N':
                return new PatternNode.Class(CodePointSet.OfPoint('\n').Not());
            case 'O':
                return new PatternNode.Class(CodePointSet.All);
            case 'R':
                return new PatternNode.Atomic(
                    new PatternNode.Alternation([
                        new PatternNode.Literal(['\r', '\n'], false),
                        new PatternNode.Class(CodePointSet.Of((0x0A, 0x0D), (0x85, 0x85), (0x2028, 0x2029))),
                    ])
                );
            case >= '1' and <= '9':
                _at--;
                Number(out var number);
                return new PatternNode.BackReference(options.IgnoreCase ? throw Refuse("a back reference under (?i)") : number);
            case 'k':
                if (!Take("<"))
                    throw Refuse("'\\k' without '<'");
                if (options.IgnoreCase)
                    throw Refuse("a back reference under (?i)");
                var at = _at;
                if (Number(out number) && Take(">"))
                    return new PatternNode.BackReference(number);
                _at = at;
                var name = Name('>');
                return new PatternNode.BackReference(
                    _groupNames.IndexOf(name) is > 0 and var index ? index : throw Refuse($"a reference to the group '{name}' before it")
                );
            case 'G' or 'K' or 'X' or 'Y' or 'y' or 'g' or 'C' or 'M' or 'c':
                throw Refuse($"'\\{(char)c}'");
        }
        _at--;
        return Character(EscapedCharacter(), options);
    }

    /// <summary>After a backslash: \d \w \s \h, their complements, \p{…} and \P{…}.</summary>
    private bool EscapedSet(out CodePointSet set)
    {
        var c = Current;
        set = c switch
        {
            'd' or 'D' => UnicodeData.Set("gc Nd"),
            'w' or 'W' => UnicodeData.Set("set Word"),
            's' or 'S' => UnicodeData.WhiteSpace,
            'h' or 'H' => CodePointSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
            _ => CodePointSet.Empty,
        };
        if (c is 'p' or 'P')
        {
            _at++;
            if (!Take("{"))
                throw Refuse("'\\p' without a brace");
            var not = c == 'P' ^ Take("^");
            var start = _at;
            while (!Ended && Current != '}')
                _at++;
            var name = string.Concat(_input[start.._at].Select(char.ConvertFromUtf32));
            set = UnicodeProperties.Find(name) ?? throw Refuse($"the property '\\p{{{name}}}'");
            if (!Take("}"))
                throw Refuse("a property without its closing brace");
            if (not)
                set = set.Not();
            return true;
        }
        if (c is not ('d' or 'D' or 'w' or 'W' or 's' or 'S' or 'h' or 'H'))
            return false;
        if (c is 'D' or 'W' or 'S' or 'H')
            set = set.Not();
        _at++;
        return true;
    }

    private int EscapedCharacter()
    {
        var c = Current;
        _at++;
        switch (c)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return 7;
            case 'e':
                return 27;
            case 'x' when Take("{"):
                var point = Digits(16, 8);
                return Take("}") ? point : throw Refuse("'\\x{' without a single hexadecimal number and '}'");
            case 'x':
                return Digits(16, 2) is < 0x80 and var unit ? unit : throw Refuse("'\\xHH' above 7F, which is a byte and not a character");
            case 'u':
                return Digits(16, 4, 4);
            case '0':
                return Digits(8, 2) is < 0x80 and var octal ? octal : throw Refuse("an octal escape above 177");
            case 'c' or 'C' or 'M' or 'o':
                throw Refuse($"'\\{(char)c}'");
            default:
                return c;
        }
    }

    private int Digits(int radix, int most, int least = 0)
    {
        var value = 0L;
        var count = 0;
        for (; count < most && !Ended && HexValue(Current) is >= 0 and var digit && digit < radix; count++, _at++)
            value = value * radix + digit;
        if (count < least || value > CodePointSet.Last || value is >= 0xD800 and < 0xE000)
            throw Refuse("an escape that is no character");
        return (int)value;
    }

    private static int HexValue(int c) =>
        c switch
        {
            >= '0' and <= '9' => c - '0',
            >= 'a' and <= 'f' => c - 'a' + 10,
            >= 'A' and <= 'F' => c - 'A' + 10,
            _ => -1,
        };

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
