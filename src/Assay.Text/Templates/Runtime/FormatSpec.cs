using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Runtime;

/// <summary>How a value is laid out by <c>str.format</c> and by <c>%</c>: fill, alignment, sign, width, grouping, precision and kind.</summary>
internal sealed partial class FormatSpec
{
    private const int LargestPrecision = 100_000;

    public TemplateString Fill { get; private init; } = TemplateString.Of(" ");

    /// <summary>One of <c>&lt;</c>, <c>&gt;</c>, <c>^</c> and <c>=</c> (after the sign), or empty for the value's own.</summary>
    public string Align { get; init; } = "";

    public string Sign { get; init; } = "";

    public bool IsAlternate { get; init; }

    public int Width { get; init; }

    public string Grouping { get; private init; } = "";

    public int? Precision { get; init; }

    public string Kind { get; init; } = "";

    public static TemplateString Zero { get; } = TemplateString.Of("0");

    /// <summary>Reads a format specification such as <c>*&gt;+10,.2f</c>.</summary>
    public static FormatSpec Parse(string text)
    {
        Match match = Specification().Match(text);
        if (!match.Success) throw TemplateFault.Value("Invalid format specifier");
        string fill = Part("fill"), align = Part("align");
        bool isZeroFilled = Part("zero").Length > 0;
        return new FormatSpec
        {
            Fill = TemplateString.Of(fill.Length > 0 ? fill : isZeroFilled ? "0" : " "),
            Align = align.Length == 0 && isZeroFilled ? "=" : align,
            Sign = Part("sign"),
            IsAlternate = Part("alternate").Length > 0,
            Width = Number(Part("width")) ?? 0,
            Grouping = Part("grouping"),
            Precision = Number(Part("precision")),
            Kind = Part("kind"),
        };

        string Part(string name) => match.Groups[name].Value;
    }

    public static int? Number(string digits) => digits.Length == 0 ? null
        : int.TryParse(digits, CultureInfo.InvariantCulture, out int number) ? number : throw TemplateFault.Value("Too many decimal digits in format string");

    /// <summary>The same layout with zeros between the sign and the digits, as the flag <c>0</c> of <c>%</c> asks for.</summary>
    public FormatSpec ZeroFilled() => new() { Fill = Zero, Align = "=", Sign = Sign, IsAlternate = IsAlternate, Width = Width, Precision = Precision, Kind = Kind };

    /// <summary>A value laid out by this specification, as <c>format(value, spec)</c>.</summary>
    public TemplateString Apply(Renderer renderer, object value)
    {
        bool isText = value is TemplateString or Undefined or NoneValue || (value is bool && Kind is "" or "s");
        if (isText && Kind is "" or "s" && Align != "=") return Text(renderer, Printing.ToText(renderer, value), "<");
        if (!isText && value is double && Kind is "" or "e" or "E" or "f" or "F" or "g" or "G" or "n" or "%") return Real(renderer, (double)value);
        if (!isText && Numbers.AsInteger(value) is { } whole)
        {
            if (Kind is "e" or "E" or "f" or "F" or "g" or "G" or "%") return Real(renderer, Numbers.ToDouble(value));
            if (Kind is "" or "d" or "n" or "b" or "o" or "x" or "X" && Precision is null) return Whole(renderer, whole, 0);
        }
        throw TemplateFault.Value($"Unknown format code '{Kind}' for object of type '{TypeNames.Of(value)}'");
    }

    public TemplateString Text(Renderer renderer, TemplateString text, string defaultAlign)
    {
        if (Precision is { } most && text.Length > most) text = text.Part(0, CodePoints.OffsetOf(text.Value, most));
        string align = Align.Length > 0 ? Align : defaultAlign;
        return StringMethods.Pad(renderer, text, Width, Fill, (missing, _) => align switch { "<" => 0, "^" => missing / 2, _ => missing });
    }

    public TemplateString Whole(Renderer renderer, BigInteger value, int minimumDigits)
    {
        renderer.ChargeText(minimumDigits);
        BigInteger size = BigInteger.Abs(value);
        string digits = Kind switch
        {
            "x" or "X" => size.ToString(Kind, CultureInfo.InvariantCulture).TrimStart('0'),
            "b" => size.ToString("B", CultureInfo.InvariantCulture).TrimStart('0'),
            "o" => Octal(size),
            _ => size.ToString(CultureInfo.InvariantCulture),
        };
        string prefix = IsAlternate && Kind is "x" or "X" or "o" or "b" ? "0" + Kind : "";
        return Signed(renderer, value.Sign < 0, prefix, digits.PadLeft(Math.Max(1, minimumDigits), '0'), "", Kind is "x" or "X" or "o" or "b" ? 4 : 3);
    }

    public TemplateString Real(Renderer renderer, double value)
    {
        int precision = Precision ?? 6;
        if (precision > LargestPrecision) throw TemplateFault.Limit($"a format precision over {LargestPrecision}");
        if (IsAlternate) throw TemplateFault.Value("'#' in the format of a float is not supported");
        renderer.ChargeText(precision);
        if (Kind == "%") value *= 100;
        double size = Math.Abs(value);
        string text = !double.IsFinite(size) ? FloatText.Repr(size) : Kind.ToLowerInvariant() switch
        {
            "f" or "%" => FloatText.Fixed(size, precision),
            "e" => FloatText.Exponential(size, precision),
            "g" or "n" => FloatText.General(size, precision),
            _ when Precision is { } digits => FloatText.General(size, digits) is var plain && plain.AsSpan().IndexOfAny('.', 'e') < 0 ? plain + ".0" : FloatText.General(size, digits),
            _ => FloatText.Repr(size),
        };
        if (Kind is "E" or "F" or "G") text = text.ToUpperInvariant();
        int whole = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var at ? at : text.Length;
        return Signed(renderer, double.IsNegative(value) && !double.IsNaN(value), "", text[..whole], text[whole..] + (Kind == "%" ? "%" : ""), 3);
    }

    private TemplateString Signed(Renderer renderer, bool isNegative, string prefix, string digits, string rest, int groupSize)
    {
        if (Grouping.Length > 0)
        {
            if (Align == "=") throw TemplateFault.Value($"grouping digits with '{Grouping}' between zeros is not supported");
            for (int end = digits.Length - groupSize; end > 0; end -= groupSize) digits = digits.Insert(end, Grouping);
        }
        string head = (isNegative ? "-" : Sign is "+" or " " ? Sign : "") + prefix;
        TemplateString body = TemplateString.Of(digits + rest);
        if (Align != "=") return StringMethods.Pad(renderer, TemplateString.Of(head + body.Value), Width, Fill, (missing, _) => Align switch { "<" => 0, "^" => missing / 2, _ => missing });
        return Arithmetic.Concatenate(renderer, TemplateString.Of(head), StringMethods.Pad(renderer, body, Width - head.Length, Fill, (missing, _) => missing));
    }

    private static string Octal(BigInteger value)
    {
        var digits = new Stack<char>();
        for (; !value.IsZero; value >>= 3) digits.Push((char)('0' + (int)(value & 7)));
        return string.Concat(digits);
    }

    [GeneratedRegex(@"^(?:(?<fill>[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\uD800-\uDFFF])?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?(?<width>[0-9]+)?"
        + @"(?<grouping>[,_])?(?:\.(?<precision>[0-9]+))?(?<kind>[A-Za-z%])?\z", RegexOptions.Singleline)]
    private static partial Regex Specification();
}
