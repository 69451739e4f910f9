using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Assay.Verifiers.Math;

/// <summary>
/// Reads a number as it is written by hand or in LaTeX: decimals, thousands, fractions, mixed numbers, powers, roots, pi, with + - * / and
/// brackets. Exact as long as it is a fraction. Anything else is no number; an exponent beyond <see cref="LargestExponent"/> neither, so
/// that no text makes a number of a million digits.
/// </summary>
internal sealed partial class NumberParser
{
    private const int LargestExponent = 400,
        LongestText = 300,
        Deepest = 40;

    private readonly string _text;
    private int _at;
    private int _depth;

    private NumberParser(string text) => _text = text;

    /// <summary>The number that a whole text is; null when it is none.</summary>
    public static MathValue.Number? Parse(string text)
    {
        if (text.Length is 0 or > LongestText)
            return null;
        text = MixedLatex().Replace(text, "($1+($2)/($3))");
        text = Mixed().Replace(text, "($1+$2/$3)");
        var parser = new NumberParser(text);
        try
        {
            var value = parser.Sum();
            parser.Blank();
            return parser._at == text.Length && double.IsFinite(value.Approximate) ? value : null;
        }
        catch (Exception error) when (error is FormatException or DivideByZeroException)
        {
            return null;
        }
    }

    private MathValue.Number Sum()
    {
        if (++_depth > Deepest)
            throw new FormatException();
        var sum = Product();
        while (true)
        {
            if (Take('+'))
                sum = Add(sum, Product());
            else if (Take('-'))
                sum = Add(sum, Negative(Product()));
            else
                break;
        }
        _depth--;
        return sum;
    }

    private MathValue.Number Product()
    {
        var product = Signed();
        while (true)
        {
            if (Take('*'))
                product = Multiply(product, Signed());
            else if (Take('/'))
                product = Divide(product, Signed());
            else if (Next() is '(' or '\\')
                product = Multiply(product, Power()); // 2\sqrt{3}, 3(4)
            else
                return product;
        }
    }

    private MathValue.Number Signed() =>
        Take('-') ? Negative(Signed())
        : Take('+') ? Signed()
        : Power();

    private MathValue.Number Power()
    {
        var value = Atom();
        return Take('^') ? Raise(value, Next() == '{' ? Braced() : Signed()) : value;
    }

    private MathValue.Number Atom()
    {
        if (Take('('))
            return Closed(Sum(), ')');
        if (Next() == '{')
            return Braced();
        if (Take('\\'))
        {
            if (Word("frac"))
                return Divide(Argument(), Argument());
            if (Word("sqrt"))
                return Take('[') ? RootOf(Closed(Sum(), ']'), Argument()) : Root(Argument());
            if (Word("pi"))
                return new(null, System.Math.PI);
            throw new FormatException();
        }
        return Literal();
    }

    private MathValue.Number Braced() => Take('{') ? Closed(Sum(), '}') : throw new FormatException();

    /// <summary>An argument of \frac or \sqrt: in braces, or one digit.</summary>
    private MathValue.Number Argument()
    {
        if (Next() == '{')
            return Braced();
        return Next() is >= '0' and <= '9' and var digit && _at++ >= 0 ? Whole(digit - '0') : throw new FormatException();
    }

    private MathValue.Number Literal()
    {
        Blank();
        var match = Decimal().Match(_text, _at);
        if (!match.Success)
            throw new FormatException();
        _at += match.Length;
        var digits = match.Groups["whole"].Value.Replace(",", "");
        var places = match.Groups["places"].Value;
        var exact = new Rational(BigInteger.Parse("0" + digits + places, CultureInfo.InvariantCulture), BigInteger.Pow(10, places.Length));
        if (match.Groups["power"].Value is { Length: > 0 } power)
        {
            if (
                !int.TryParse(power, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
                || System.Math.Abs(exponent) > LargestExponent
            )
                throw new FormatException();
            exact *= exponent < 0 ? new Rational(1, BigInteger.Pow(10, -exponent)) : new Rational(BigInteger.Pow(10, exponent), 1);
        }
        return Of(exact);
    }

    private static MathValue.Number Of(Rational exact) => new(exact, exact.ToDouble());

    private static MathValue.Number Whole(int value) => Of(new Rational(value, 1));

    private static MathValue.Number Negative(MathValue.Number a) => new(a.Exact is { } exact ? -exact : null, -a.Approximate);

    private static MathValue.Number Add(MathValue.Number a, MathValue.Number b) =>
        a.Exact is { } x && b.Exact is { } y ? Of(x + y) : new(null, a.Approximate + b.Approximate);

    private static MathValue.Number Multiply(MathValue.Number a, MathValue.Number b) =>
        a.Exact is { } x && b.Exact is { } y ? Of(x * y) : new(null, a.Approximate * b.Approximate);

    private static MathValue.Number Divide(MathValue.Number a, MathValue.Number b) =>
        a.Exact is { } x && b.Exact is { } y ? Of(x / y) : new(null, a.Approximate / b.Approximate);

    private static MathValue.Number Root(MathValue.Number a) =>
        a.Exact?.Root() is { } exact ? Of(exact) : new(null, System.Math.Sqrt(a.Approximate));

    private static MathValue.Number RootOf(MathValue.Number degree, MathValue.Number a) =>
        degree.Exact == new Rational(2, 1)
            ? Root(a)
            : new(
                null,
                a.Approximate < 0 && degree.Approximate % 2 == 1
                    ? -System.Math.Pow(-a.Approximate, 1 / degree.Approximate)
                    : System.Math.Pow(a.Approximate, 1 / degree.Approximate)
            );

    private static MathValue.Number Raise(MathValue.Number a, MathValue.Number power)
    {
        if (a.Exact is not { } exact || power.Exact is not { } by || !by.Denominator.IsOne)
            return new(null, System.Math.Pow(a.Approximate, power.Approximate));
        if (BigInteger.Abs(by.Numerator) > LargestExponent || exact.Numerator.GetBitLength() + exact.Denominator.GetBitLength() > 256)
            throw new FormatException();
        var n = (int)BigInteger.Abs(by.Numerator);
        var raised = new Rational(BigInteger.Pow(exact.Numerator, n), BigInteger.Pow(exact.Denominator, n));
        return Of(by.Numerator.Sign < 0 ? new Rational(1, 1) / raised : raised);
    }

    private MathValue.Number Closed(MathValue.Number value, char end) => Take(end) ? value : throw new FormatException();

    private bool Word(string word)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
            return false;
        if (_at + word.Length < _text.Length && char.IsAsciiLetter(_text[_at + word.Length]))
            return false;
        _at += word.Length;
        return true;
    }

    private bool Take(char wanted)
    {
        if (Next() != wanted)
            return false;
        _at++;
        return true;
    }

    private char Next()
    {
        Blank();
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private void Blank()
    {
        while (_at < _text.Length && _text[_at] == ' ')
            _at++;
    }

    [GeneratedRegex(@"\G(?=\.?\d)(?<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d*)(?:\.(?<places>\d*))?(?:[eE](?<power>[+-]?\d+)(?![\d.a-zA-Z]))?")]
    private static partial Regex Decimal();

    [GeneratedRegex(@"(?<![\d.}^])(\d+) ?\\frac ?\{(\d+)\} ?\{(\d+)\}")]
    private static partial Regex MixedLatex();

    [GeneratedRegex(@"(?<![\d./*^] ?)(\d+) (\d+) ?/ ?(\d+)(?![\d./])")]
    private static partial Regex Mixed();
}
