namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>What a backslash begins: anchors, sets, references and characters by number.</summary>
internal sealed partial class PatternParser
{
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
}
