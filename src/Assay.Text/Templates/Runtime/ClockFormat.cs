using System.Globalization;
using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Runtime;

/// <summary>C's <c>strftime</c> in the C locale, with glibc's flags, for a date without a time zone. What is rare in it is refused by name.</summary>
internal static partial class ClockFormat
{
    public static string Format(DateTimeOffset time, string format) => Directive().Replace(format, match =>
    {
        string field = Field(time, match.Value[^1]) ?? throw TemplateFault.Runtime($"the directive {match.Value} of strftime_now is not supported");
        string filled = match.Groups["flag"].Value switch
        {
            "-" => field.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0",
            "_" => field.TrimStart('0').PadLeft(field.Length),
            "0" => field.Replace(' ', '0'),
            "^" => field.ToUpperInvariant(),
            _ => field,
        };
        return filled;
    });

    private static string? Field(DateTimeOffset time, char directive)
    {
        int sunday = (int)time.DayOfWeek, monday = (sunday + 6) % 7;
        return directive switch
        {
            'a' => In("ddd"),
            'A' => In("dddd"),
            'b' or 'h' => In("MMM"),
            'B' => In("MMMM"),
            'c' => Format(time, "%a %b %e %H:%M:%S %Y"),
            'd' => In("dd"),
            'D' or 'x' => In("MM'/'dd'/'yy"),
            'e' => Padded(time.Day, ' '),
            'f' => In("ffffff"),
            'F' => In("yyyy-MM-dd"),
            'G' => Padded(ISOWeek.GetYear(time.DateTime)),
            'H' => In("HH"),
            'I' => In("hh"),
            'j' => Padded(time.DayOfYear).PadLeft(3, '0'),
            'k' => Padded(time.Hour, ' '),
            'l' => Padded(((time.Hour + 11) % 12) + 1, ' '),
            'm' => In("MM"),
            'M' => In("mm"),
            'n' => "\n",
            'p' => In("tt"),
            'r' => In("hh:mm:ss tt"),
            'R' => In("HH:mm"),
            's' => Padded(time.ToUnixTimeSeconds()),
            'S' => In("ss"),
            't' => "\t",
            'T' or 'X' => In("HH:mm:ss"),
            'u' => (monday + 1).ToString(CultureInfo.InvariantCulture),
            'U' => Padded((time.DayOfYear + 6 - sunday) / 7),
            'V' => Padded(ISOWeek.GetWeekOfYear(time.DateTime)),
            'w' => sunday.ToString(CultureInfo.InvariantCulture),
            'W' => Padded((time.DayOfYear + 6 - monday) / 7),
            'y' => In("yy"),
            'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
            'z' or 'Z' => "",
            '%' => "%",
            _ => null,
        };

        string In(string format) => time.ToString(format, CultureInfo.InvariantCulture);

        static string Padded(long value, char fill = '0') => value.ToString(CultureInfo.InvariantCulture).PadLeft(2, fill);
    }

    [GeneratedRegex("%(?<flag>[-_0^]?)[a-zA-Z%]")]
    private static partial Regex Directive();
}
