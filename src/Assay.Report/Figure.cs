using System.Globalization;
using Assay.Ground.Numerics;

namespace Assay.Report;

/// <summary>How figures are printed; one that is undefined is a dash.</summary>
internal static class Figure
{
    public const string Undefined = "–";

    /// <summary>A share, loss, score or other figure: 0.6305.</summary>
    public static string Number(double value) => double.IsFinite(value) ? Plain(value, "0.0000") : Undefined;

    public static string Number(double? value) => value is { } figure ? Number(figure) : Undefined;

    /// <summary>A difference, with its sign: +0.0120.</summary>
    public static string Signed(double value) => double.IsFinite(value) ? Plain(value, "+0.0000;-0.0000;0.0000") : Number(value);

    public static string Of(Interval? interval) =>
        interval is { } range && double.IsFinite(range.Low) && double.IsFinite(range.High)
            ? $"{Number(range.Low)} to {Number(range.High)}"
            : Undefined;

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(long? value) => value is { } count ? Count(count) : Undefined;

    /// <summary>A p-value; one too small to print is said to be below what is printed.</summary>
    public static string PValue(double value) => value < 0.0001 ? "< 0.0001" : Number(value);

    /// <summary>A share in per cent: 63.1 %.</summary>
    public static string Percent(double? share) =>
        share is { } value && double.IsFinite(value) ? Plain(value * 100, "0.0") + " %" : Undefined;

    // The proper minus sign: a hyphen before a number breaks from it at the end of a line.
    private static string Plain(double value, string format) =>
        value.ToString(Math.Abs(value) < Longest ? format : "0.####e+0", CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>From here on a figure is printed with its power of ten.</summary>
    private const double Longest = 1e9;
}
