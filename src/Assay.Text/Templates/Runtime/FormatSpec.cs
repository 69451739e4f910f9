using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// How a value is laid out by <c>str.format</c> and by <c>%</c>: fill, alignment, sign, width, grouping, precision and kind; of the kinds
/// <c>s d x f %</c>, the others are refused.
/// </summary>
internal sealed partial record FormatSpec
{
    private const int LargestPrecision = 100_000;

    public string Fill { get; init; } = " ";

    /// <summary>One of <c>&lt;</c>, <c>&gt;</c>, <c>^</c> and <c>=</c> (after the sign), or empty for the value's own.</summary>
    public string Align { get; init; } = "";

    public string Sign { get; init; } = "";

    public int Width { get; init; }

    public string Grouping { get; private init; } = "";

    public int? Precision { get; init; }

    public string Kind { get; init; } = "";

    /// <summary>Reads a format specification such as <c>*&gt;+10,.2f</c>.</summary>
    public static FormatSpec Parse(string text)
    {
        var match = Specification().Match(text);
        if (!match.Success)
            throw TemplateFault.Value("Invalid format specifier");
        string fill = Part("fill"),
            align = Part("align"),
            zero = Part("zero");
        return new FormatSpec
        {
            Fill = (fill + zero).Length == 0 ? " " : fill + (fill.Length == 0 ? zero : ""),
            Align = align.Length == 0 && zero.Length > 0 ? "=" : align,
            Sign = Part("sign"),
            Width = Number(Part("width")) ?? 0,
            Grouping = Part("grouping"),
            Precision = Number(Part("precision")),
            Kind = Part("kind"),
        };

        string Part(string name) => match.Groups[name].Value;
    }

    public static int? Number(string digits) =>
        digits.Length == 0 ? null
        : int.TryParse(digits, CultureInfo.InvariantCulture, out var number) ? number
        : throw TemplateFault.Value("Too many decimal digits in format string");

    /// <summary>A value laid out by this specification, as <c>format(value, spec)</c>.</summary>
    public TemplateString Apply(Renderer renderer, object value)
    {
        var isText = value is TemplateString or Undefined or NoneValue;
        if (isText && Kind is "" or "s" && Align != "=" && Grouping.Length == 0)
            return Text(renderer, Printing.ToText(renderer, value), "<");
        if (!isText && Numbers.AsInteger(value) is { } whole && Kind is "" or "d" or "x" or "X" && Precision is null)
            return Whole(renderer, whole, 0);
        if (!isText && Numbers.IsNumber(value) && (Kind is "f" or "F" or "%" || (Kind == "" && Precision is null)))
            return Real(renderer, Numbers.ToDouble(value));
        throw TemplateFault.Value(
            $"the format '{Kind}' of a value of type '{TypeNames.Of(value)}' is not supported: s lays out text, d and x whole numbers, f and % any number"
        );
    }

    public TemplateString Text(Renderer renderer, TemplateString text, string defaultAlign)
    {
        if (Precision is { } most && text.Length > most)
            text = text.Part(0, CodePoints.OffsetOf(text.Value, most));
        return LaidOut(renderer, "", text, defaultAlign);
    }

    public TemplateString Whole(Renderer renderer, BigInteger value, int minimumDigits)
    {
        renderer.ChargeText(minimumDigits);
        var isHex = Kind is "x" or "X";
        var digits = BigInteger.Abs(value).ToString(isHex ? Kind : "D", CultureInfo.InvariantCulture).TrimStart('0');
        return Signed(renderer, value.Sign < 0, digits.PadLeft(Math.Max(1, minimumDigits), '0'), "");
    }

    public TemplateString Real(Renderer renderer, double value)
    {
        var precision = Precision ?? 6;
        if (precision > LargestPrecision)
            throw TemplateFault.Limit($"a format precision over {LargestPrecision}");
        renderer.ChargeText(precision);
        if (Kind == "%")
            value *= 100;
        var size = Math.Abs(value);
        var text = Kind == "" || !double.IsFinite(size) ? FloatText.Repr(size) : FloatText.Fixed(size, precision);
        if (Kind == "F")
            text = text.ToUpperInvariant();
        var whole = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var at ? at : text.Length;
        return Signed(renderer, double.IsNegative(value) && !double.IsNaN(value), text[..whole], text[whole..] + (Kind == "%" ? "%" : ""));
    }

    private TemplateString Signed(Renderer renderer, bool isNegative, string digits, string rest)
    {
        if (Grouping.Length > 0 && Align == "=")
            throw TemplateFault.Value("grouping digits between zeros is not supported");
        for (var end = digits.Length - 3; end > 0 && Grouping.Length > 0; end -= 3)
            digits = digits.Insert(end, Grouping);
        var sign =
            isNegative ? "-"
            : Sign is "+" or " " ? Sign
            : "";
        return LaidOut(renderer, sign, TemplateString.Of(digits + rest), ">");
    }

    private TemplateString LaidOut(Renderer renderer, string sign, TemplateString body, string defaultAlign)
    {
        var fill = TemplateString.Of(Fill);
        var head = TemplateString.Of(sign);
        if (Align == "=")
            return Arithmetic.Concatenate(renderer, head, StringMethods.Pad(renderer, body, Width - sign.Length, fill, ">"));
        body = Arithmetic.Concatenate(renderer, head, body);
        return StringMethods.Pad(renderer, body, Width, fill, Align.Length > 0 ? Align : defaultAlign);
    }

    [GeneratedRegex(
        @"^(?:(?<fill>[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\uD800-\uDFFF])?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<zero>0)?(?<width>[0-9]+)?"
            + @"(?<grouping>,)?(?:\.(?<precision>[0-9]+))?(?<kind>[A-Za-z%])?\z",
        RegexOptions.Singleline
    )]
    private static partial Regex Specification();
}
