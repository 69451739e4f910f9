using System.Numerics;

namespace Assay.Text.Templates.Runtime;

/// <summary>Filters over numbers.</summary>
internal static class NumberFilters
{
    public static readonly FunctionTable Table = new()
    {
        { "int value default? base?", (_, a) => ToInteger(a[0]!, Whole(a[2], 10)) ?? a[1] ?? Boxed.Of(0) },
        { "float value default?", (_, a) => ToFloat(a[0]!) ?? a[1] ?? 0.0 },
        { "abs x", (_, a) => Absolute(a[0]!) },
        { "round value precision? method?", (_, a) => Round(a) },
        { "filesizeformat value binary?", (_, a) => TemplateString.Of(FileSize(a)) },
    };

    public static int Whole(object? value, int missing) => value is null ? missing : Numbers.ToIndex(value, "argument");

    private static object? ToInteger(object value, int radix)
    {
        if (value is Undefined undefined)
            throw undefined.Fault();
        if (value is TemplateString text)
        {
            var whole = radix is 0 or (>= 2 and <= 36) ? Numbers.ParseInteger(text.Value, radix) : null;
            return whole ?? (Numbers.ParseFloat(text.Value) is { } parsed && double.IsFinite(parsed) ? Numbers.Truncate(parsed) : null);
        }
        if (value is double real)
            return double.IsNaN(real) ? null : Numbers.Truncate(real);
        return Numbers.AsInteger(value) is { } number ? Numbers.Of(number) : null;
    }

    private static object? ToFloat(object value) =>
        value switch
        {
            Undefined undefined => throw undefined.Fault(),
            TemplateString text => Numbers.ParseFloat(text.Value),
            _ => Numbers.IsNumber(value) ? Numbers.ToDouble(value) : null,
        };

    private static object Absolute(object value) =>
        value is double real ? Math.Abs(real)
        : Numbers.AsInteger(value) is { } whole ? Numbers.Of(BigInteger.Abs(whole))
        : throw TemplateFault.Type($"bad operand type for abs(): '{TypeNames.Of(value)}'");

    private static object Round(object?[] a)
    {
        var method = a[2] is null ? "common" : (a[2] as TemplateString)?.Value ?? "";
        if (method is not ("common" or "ceil" or "floor"))
            throw TemplateFault.Argument("method must be common, ceil or floor");
        var value = a[0]!;
        if (!Numbers.IsNumber(value))
            throw TemplateFault.Type($"type {TypeNames.Of(value)} doesn't define __round__ method");
        var precision = a[1] is NoneValue ? 0 : Whole(a[1], 0);
        if (method == "common")
        {
            var rounded = value is double real ? FloatText.Round(real, precision) : RoundWhole(Numbers.AsInteger(value)!.Value, precision);
            return a[1] is NoneValue && rounded is double whole ? Numbers.Truncate(whole) : rounded;
        }
        var scale = Numbers.Apply("**", 10L, (long)precision);
        var scaled = Numbers.ToDouble(Numbers.Apply("*", value, scale));
        return Numbers.Apply("/", Numbers.Truncate(method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)), scale);
    }

    private static object RoundWhole(BigInteger value, int precision)
    {
        if (precision >= 0)
            return Numbers.Of(value);
        if (-precision > 10_000)
            return Boxed.Of(0);
        BigInteger unit = BigInteger.Pow(10, -precision),
            quotient = BigInteger.DivRem(BigInteger.Abs(value), unit, out var rest);
        var order = (rest * 2).CompareTo(unit);
        if (order > 0 || (order == 0 && !quotient.IsEven))
            quotient += 1;
        return Numbers.Of(quotient * unit * value.Sign);
    }

    private static string FileSize(object?[] a)
    {
        var bytes = ToFloat(a[0]!) as double? ?? throw TemplateFault.Type($"filesizeformat wants a number, not '{TypeNames.Of(a[0]!)}'");
        var isBinary = a[1] is not null && Iteration.IsTrue(a[1]!);
        double scale = isBinary ? 1024 : 1000,
            unit = scale;
        if (bytes == 1)
            return "1 Byte";
        if (bytes < scale)
            return $"{Numbers.Truncate(bytes)} Bytes";
        var letters = isBinary ? "KMGTPEZY" : "kMGTPEZY";
        var step = 0;
        for (; step + 1 < letters.Length && bytes >= unit * scale; step++)
            unit *= scale;
        return $"{FloatText.Fixed(bytes / unit, 1)} {letters[step]}{(isBinary ? "iB" : "B")}";
    }
}
