using System.Globalization;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// Floats as Python writes them: <c>repr</c> (shortest digits that read back, exponent below 1e-4 and from 1e16) and the exact, half-even
/// rounding of its format codes. .NET's own fixed formats round halves away from zero, so the exact digits are rounded here.
/// </summary>
internal static class FloatText
{
    /// <summary>No double has more significant digits than this.</summary>
    private const string Exact = "E766";

    public static string Repr(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan"
                : value > 0 ? "inf"
                : "-inf";
        (var digits, var exponent) = Digits(value, "R");
        var text = exponent is < -4 or >= 16 ? WithExponent(digits, exponent) : Plain(digits, exponent, 1);
        return double.IsNegative(value) ? "-" + text : text;
    }

    /// <summary>Fixed point with so many decimals; the value is finite and not negative.</summary>
    public static string Fixed(double value, int decimals)
    {
        (var digits, var exponent) = Digits(value, Exact);
        (digits, exponent) = Rounded(digits, exponent, exponent + 1 + decimals);
        return Plain(digits, exponent, decimals);
    }

    /// <summary>Python's <c>round(x, n)</c>; a negative count rounds before the point.</summary>
    public static double Round(double value, int decimals)
    {
        if (!double.IsFinite(value) || decimals > 323)
            return value;
        (var digits, var exponent) = Digits(Math.Abs(value), Exact);
        (digits, exponent) = Rounded(digits, exponent, exponent + 1 + decimals);
        return Math.CopySign(double.Parse($"0.{digits}E{exponent + 1}", CultureInfo.InvariantCulture), value);
    }

    /// <summary>Significant digits without zeros at the end, and the decimal exponent of the first; zero is <c>"0"</c>.</summary>
    private static (string Digits, int Exponent) Digits(double value, string format)
    {
        var parts = value.ToString(format, CultureInfo.InvariantCulture).TrimStart('-').Split('E');
        var point = parts[0].IndexOf('.') is >= 0 and var at ? at : parts[0].Length;
        string all = parts[0].Replace(".", ""),
            digits = all.TrimStart('0');
        if (digits.Length == 0)
            return ("0", 0);
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        return (digits.TrimEnd('0'), exponent + point - 1 - (all.Length - digits.Length));
    }

    /// <summary>The first digits of a number, the last rounded half to even.</summary>
    private static (string Digits, int Exponent) Rounded(string digits, int exponent, int count)
    {
        if (count >= digits.Length)
            return (digits, exponent);
        if (count < 0)
            return ("0", 0);
        char[] kept = [.. digits[..count]];
        var isOdd = count > 0 && (kept[^1] - '0') % 2 == 1;
        var roundsUp = digits[count] > '5' || (digits[count] == '5' && (digits.Length > count + 1 || isOdd));
        var at = count - 1;
        for (; roundsUp && at >= 0 && kept[at] == '9'; at--)
            kept[at] = '0';
        if (roundsUp && at < 0)
            return ("1", exponent + 1);
        if (roundsUp)
            kept[at]++;
        return new string(kept).TrimEnd('0') is { Length: > 0 } rounded ? (rounded, exponent) : ("0", 0);
    }

    private static string Plain(string digits, int exponent, int leastDecimals)
    {
        if (exponent < 0)
            (digits, exponent) = (new string('0', -exponent) + digits, 0);
        var whole = digits.Length > exponent ? digits[..(exponent + 1)] : digits.PadRight(exponent + 1, '0');
        var fraction = (digits.Length > exponent + 1 ? digits[(exponent + 1)..] : "").PadRight(leastDecimals, '0');
        return fraction.Length == 0 ? whole : whole + "." + fraction;
    }

    private static string WithExponent(string digits, int exponent) =>
        $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
}
