using System.Globalization;

namespace Assay.Report.Charts;

/// <summary>A linear scale with round ticks (steps of 1, 2 or 5 times a power of ten), from values to places on a drawing.</summary>
internal sealed class Axis
{
    private const string Exponent = "0.#e0";

    private const double Furthest = 1e300;

    private readonly double _from;
    private readonly double _to;
    private readonly string _format;

    /// <param name="low">The smallest value to show.</param>
    /// <param name="high">The largest; when it is not above the smallest, some room is made around it.</param>
    /// <param name="from">Where the low end lies on the drawing.</param>
    /// <param name="to">Where the high end lies.</param>
    /// <param name="steps">About how many ticks are wanted.</param>
    public Axis(double low, double high, double from, double to, int steps = 5)
    {
        (_from, _to) = (from, to);
        if (!(double.IsFinite(low) && double.IsFinite(high)))
            (low, high) = (0, 1);
        // Between the ends of the doubles a width is no double itself.
        (low, high) = (Math.Clamp(low, -Furthest, Furthest), Math.Clamp(high, -Furthest, Furthest));
        if (!(high > low))
            (low, high) = (low - Room(low), high + Room(high));
        var step = RoundStep((high - low) / steps);
        // The thousandth keeps 0.30000000000000004 from asking for a further step.
        Low = Math.Floor(low / step + 1e-3) * step;
        High = Math.Ceiling(high / step - 1e-3) * step;
        var count = (int)Math.Round((High - Low) / step);
        Ticks = [.. Enumerable.Range(0, count + 1).Select(i => Low + i * step)];
        _format = Format(step, Math.Max(Math.Abs(Low), Math.Abs(High)));
    }

    public double Low { get; }

    public double High { get; }

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>The place of a value; values beyond the ends lie on them.</summary>
    public double At(double value) => _from + (Math.Clamp(value, Low, High) - Low) / (High - Low) * (_to - _from);

    public string Label(double tick)
    {
        var isZero = Math.Abs(tick) < (High - Low) * 1e-9;
        return isZero && _format == Exponent ? "0" : (isZero ? 0 : tick).ToString(_format, CultureInfo.InvariantCulture).Replace('-', '−');
    }

    private static double Room(double value) => value == 0 ? 1 : Math.Abs(value) * 0.1;

    private static double RoundStep(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return power
            * (step / power) switch
            {
                <= 1 => 1,
                <= 2 => 2,
                <= 5 => 5,
                _ => 10,
            };
    }

    private static string Format(double step, double largest) =>
        largest is >= 1e5 or < 1e-3 ? Exponent : "0." + new string('0', Math.Clamp((int)-Math.Floor(Math.Log10(step) + 1e-9), 0, 6));
}
