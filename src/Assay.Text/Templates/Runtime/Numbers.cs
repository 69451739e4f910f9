using System.Globalization;
using System.Numerics;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// Python's numbers: an int is a <see cref="long"/> where it fits and a <see cref="BigInteger"/> where it does not, a float is a
/// <see cref="double"/>, and a bool counts as 0 or 1.
/// </summary>
internal static class Numbers
{
    /// <summary>Largest int a template may compute with, in bits.</summary>
    private const long MaximumBits = 1 << 20;

    private static readonly FunctionTable s_wholeMethods = new()
    {
        {
            "bit_length self /",
            (_, a) => Boxed.Of(BigInteger.Abs(AsInteger(a[0]!)!.Value) is { IsZero: false } value ? (long)value.GetBitLength() : 0)
        },
    };

    private static readonly FunctionTable s_floatMethods = new()
    {
        { "is_integer self /", (_, a) => Boxed.Of(AsWhole(a[0]!) is not null) },
    };

    public static object Of(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
            return Boxed.Of((long)value);
        return value.GetBitLength() > MaximumBits ? throw TooLarge() : value;
    }

    public static bool IsNumber(object value) => value is long or double or bool or BigInteger;

    public static bool IsWhole(object value) => value is long or bool or BigInteger;

    /// <summary>The value as an int, or null when it is not one (floats are not).</summary>
    public static BigInteger? AsInteger(object value) =>
        value switch
        {
            long number => number,
            bool flag => flag ? 1 : 0,
            BigInteger number => number,
            _ => null,
        };

    /// <summary>The value of an int, or of a float without a fraction; null for anything else.</summary>
    public static BigInteger? AsWhole(object value) =>
        value is not double number ? AsInteger(value)
        : double.IsInteger(number) ? new BigInteger(number)
        : null;

    public static double ToDouble(object value)
    {
        if (value is double number)
            return number;
        if (value is long small)
            return small;
        var whole = (double)(AsInteger(value) ?? throw TemplateFault.Type($"must be real number, not {TypeNames.Of(value)}"));
        return double.IsInfinity(whole) ? throw TemplateFault.Overflow("int too large to convert to float") : whole;
    }

    /// <summary>An int that says a position or a count; values out of the range of <see cref="int"/> become its ends.</summary>
    public static int ToIndex(object value, string what)
    {
        if (value is long and >= int.MinValue and <= int.MaxValue and var small)
            return (int)small;
        if (value is Undefined undefined)
            throw undefined.Fault();
        if (AsInteger(value) is not { } number)
            throw TemplateFault.Type($"{what} must be an integer, not '{TypeNames.Of(value)}'");
        return (int)BigInteger.Clamp(number, int.MinValue, int.MaxValue);
    }

    public static BoundMethod? Method(object value, string name) => (value is double ? s_floatMethods : s_wholeMethods).Method(value, name);

    /// <summary>An arithmetic operator over two numbers.</summary>
    public static object Apply(string symbol, object left, object right)
    {
        if (left is double || right is double)
            return Real(symbol, ToDouble(left), ToDouble(right));
        BigInteger a = AsInteger(left)!.Value,
            b = AsInteger(right)!.Value;
        switch (symbol)
        {
            case "+":
                return Of(a + b);
            case "-":
                return Of(a - b);
            case "*":
                return Of(a * b);
            case "/" when BigInteger.Max(BigInteger.Abs(a), BigInteger.Abs(b)) > 1L << 53 && !b.IsZero:
                throw TemplateFault.Limit("a quotient of integers beyond 2 ** 53 is not supported: use // or floats");
            case "/":
                return b.IsZero ? throw ByZero("division by zero") : (double)a / (double)b;
            case "**" when b.Sign < 0:
                return Real(symbol, ToDouble(left), ToDouble(right));
            case "**":
                if (BigInteger.Abs(a) <= 1)
                    return Of(b.IsZero || (!a.IsZero && b.IsEven) ? 1 : a);
                return b * a.GetBitLength() > MaximumBits ? throw TooLarge() : Of(BigInteger.Pow(a, (int)b));
        }
        if (b.IsZero)
            throw ByZero(symbol == "%" ? "integer modulo by zero" : "integer division or modulo by zero");
        var quotient = BigInteger.DivRem(a, b, out var rest);
        var isBelow = !rest.IsZero && rest.Sign < 0 != b.Sign < 0;
        return Of(
            symbol == "%"
                ? isBelow
                    ? rest + b
                    : rest
                : isBelow
                    ? quotient - 1
                    : quotient
        );
    }

    /// <summary>Order of two numbers, exact also between int and float; null when one is NaN.</summary>
    public static int? Compare(object left, object right)
    {
        if (left is long a && right is long b)
            return a.CompareTo(b);
        if (left is double x && right is double y)
            return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
        if (left is double onLeft)
            return CompareToWhole(onLeft, AsInteger(right)!.Value);
        if (right is double onRight)
            return -CompareToWhole(onRight, AsInteger(left)!.Value);
        return AsInteger(left)!.Value.CompareTo(AsInteger(right)!.Value);
    }

    /// <summary>
    /// Python's <c>int(text, base)</c>, or null when the text is not a number of that base; base 0 goes by a prefix such as <c>0x</c>.
    /// </summary>
    public static object? ParseInteger(string text, int radix)
    {
        var digits = PythonText.Strip(text);
        var negative = digits.StartsWith('-');
        if (negative || digits.StartsWith('+'))
            digits = digits[1..];
        var prefixRadix =
            digits.Length > 2
                ? digits[..2].ToLowerInvariant() switch
                {
                    "0x" => 16,
                    "0o" => 8,
                    "0b" => 2,
                    _ => 0,
                }
                : 0;
        if (prefixRadix != 0 && (radix == 0 || radix == prefixRadix))
        {
            digits = digits[2] == '_' ? digits[3..] : digits[2..];
            radix = prefixRadix;
        }
        else if (radix == 0)
        {
            radix = 10;
            if (digits.Length > 1 && digits[0] == '0' && digits.Any(d => d is not ('0' or '_')))
                return null;
        }
        if (digits.Length == 0 || digits[0] == '_' || digits[^1] == '_' || digits.Contains("__", StringComparison.Ordinal))
            return null;
        if (digits.Length > 4300 && !BitOperations.IsPow2(radix))
            throw TemplateFault.Value("Exceeds the limit (4300 digits) for integer string conversion");
        BigInteger value = 0;
        foreach (var c in digits)
        {
            if (c == '_')
                continue;
            var digit = char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : CharUnicodeInfo.GetDecimalDigitValue(c);
            if (digit < 0 || digit >= radix)
                return null;
            value = (value * radix) + digit;
        }
        return Of(negative ? -value : value);
    }

    /// <summary>Python's <c>float(text)</c>, or null when the text is not a number.</summary>
    public static double? ParseFloat(string text)
    {
        var trimmed = PythonText.Strip(text);
        var bare = trimmed.TrimStart('+', '-').ToLowerInvariant();
        if (trimmed.Length - bare.Length > 1)
            return null;
        double sign = trimmed.StartsWith('-') ? -1 : 1;
        if (bare is "nan")
            return double.NaN;
        if (bare is "inf" or "infinity")
            return sign * double.PositiveInfinity;
        for (var i = 0; i < bare.Length; i++)
        {
            if (bare[i] == '_' && (i == 0 || i + 1 == bare.Length || !char.IsAsciiDigit(bare[i - 1]) || !char.IsAsciiDigit(bare[i + 1])))
                return null;
        }
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(bare.Replace("_", ""), Style, CultureInfo.InvariantCulture, out var value) ? sign * value : null;
    }

    /// <summary>A float cut to an int, as Python's <c>int(x)</c>.</summary>
    public static object Truncate(double value) =>
        double.IsFinite(value)
            ? Of(new BigInteger(value))
            : throw (
                double.IsNaN(value)
                    ? TemplateFault.Value("cannot convert float NaN to integer")
                    : TemplateFault.Overflow("cannot convert float infinity to integer")
            );

    private static int? CompareToWhole(double left, BigInteger right)
    {
        if (!double.IsFinite(left))
            return double.IsNaN(left) ? null : Math.Sign(left);
        var order = new BigInteger(Math.Floor(left)).CompareTo(right);
        return order != 0 ? order
            : left > Math.Floor(left) ? 1
            : 0;
    }

    private static object Real(string symbol, double left, double right)
    {
        if (right == 0 && symbol is "/" or "//" or "%")
            throw ByZero(
                symbol switch
                {
                    "/" => "float division by zero",
                    "//" => "float floor division by zero",
                    _ => "float modulo",
                }
            );
        switch (symbol)
        {
            case "+":
                return left + right;
            case "-":
                return left - right;
            case "*":
                return left * right;
            case "/":
                return left / right;
            case "**":
                if (left == 0 && right < 0)
                    throw ByZero("0.0 cannot be raised to a negative power");
                if (left < 0 && double.IsFinite(right) && !double.IsInteger(right))
                    throw TemplateFault.Limit("a fractional power of a negative number is not supported: it is a complex number");
                var power = Math.Pow(left, right);
                return double.IsInfinity(power) && double.IsFinite(left) && double.IsFinite(right)
                    ? throw TemplateFault.Overflow("(34, 'Numerical result out of range')")
                    : power;
        }
        // CPython's float_divmod.
        double rest = left % right,
            quotient = (left - rest) / right;
        if (rest == 0)
            rest = Math.CopySign(0, right);
        else if (right < 0 != rest < 0)
            (rest, quotient) = (rest + right, quotient - 1);
        if (symbol == "%")
            return rest;
        if (quotient == 0)
            return Math.CopySign(0, left / right);
        var floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static TemplateFault TooLarge() => TemplateFault.Limit($"an integer of more than {MaximumBits} bits");

    private static TemplateFault ByZero(string reason) => new("ZeroDivisionError", reason);
}

/// <summary>Shared boxes of the values that come up all the time.</summary>
internal static class Boxed
{
    public static readonly object True = true;
    public static readonly object False = false;
    private static readonly object[] s_small = [.. Enumerable.Range(-16, 1040).Select(i => (object)(long)i)];

    public static object Of(bool value) => value ? True : False;

    public static object Of(long value) => value is >= -16 and < 1024 ? s_small[value + 16] : value;
}
