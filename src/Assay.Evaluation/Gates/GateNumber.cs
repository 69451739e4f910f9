using System.Globalization;

namespace Assay.Evaluation.Gates;

/// <summary>
/// How a figure is printed beside the limit it is compared with: with two to four digits behind the point, and with more where these would
/// make it read as the limit though it is not.
/// </summary>
public static class GateNumber
{
    private const int Digits = 4,
        MostDigits = 12;

    public static string Of(double value, double? atLeast = null, double? atMost = null) => Of(value, Digits, atLeast, atMost);

    /// <param name="value">What is printed; one that is no number is a dash.</param>
    /// <param name="digits">Behind the point where they are enough, at least two; further zeros at the end are not printed.</param>
    /// <param name="atLeast">The lower limit, or null.</param>
    /// <param name="atMost">The upper limit, or null.</param>
    public static string Of(double value, int digits, double? atLeast, double? atMost)
    {
        if (!double.IsFinite(value))
            return "–";
        string Text(double number, int places) =>
            number.ToString(number == Math.Round(number) ? "0" : "0.00" + new string('#', places - 2), CultureInfo.InvariantCulture);
        bool Hides(int places) =>
            new[] { atLeast, atMost }.Any(limit => limit is { } at && at != value && Text(at, places) == Text(value, places));
        while (digits < MostDigits && Hides(digits))
            digits++;
        return Text(value, digits);
    }
}
