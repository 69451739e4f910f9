using System.Globalization;
using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// C's <c>strftime</c> in the C locale, with glibc's flags, for a date without a time zone. What is rare in it is refused by name.
/// </summary>
internal static partial class ClockFormat
{
    /// <summary>Directives, and the format of .NET they are.</summary>
    private static readonly string[] s_formats =
    [
        "a ddd",
        "A dddd",
        "bh MMM",
        "B MMMM",
        "d dd",
        "Dx MM'/'dd'/'yy",
        "f ffffff",
        "F yyyy-MM-dd",
        "H HH",
        "I hh",
        "m MM",
        "M mm",
        "p tt",
        "r hh:mm:ss tt",
        "R HH:mm",
        "S ss",
        "TX HH:mm:ss",
        "y yy",
    ];

    public static string Format(DateTimeOffset time, string format) =>
        Directive()
            .Replace(
                format,
                match =>
                {
                    var field =
                        Field(time, match.Value[^1])
                        ?? throw TemplateFault.Runtime($"the directive {match.Value} of strftime_now is not supported");
                    return match.Groups["flag"].Value switch
                    {
                        "-" => field.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0",
                        "_" => field.TrimStart('0').PadLeft(field.Length),
                        "0" => field.Replace(' ', '0'),
                        "^" => field.ToUpperInvariant(),
                        _ => field,
                    };
                }
            );

    private static string? Field(DateTimeOffset time, char directive)
    {
        var format = s_formats.FirstOrDefault(f => f.IndexOf(directive) is >= 0 and var at && at < f.IndexOf(' '))?.Split(' ', 2)[1];
        if (format is not null)
            return time.ToString(format, CultureInfo.InvariantCulture);
        int sunday = (int)time.DayOfWeek,
            monday = (sunday + 6) % 7;
        return directive switch
        {
            'c' => Format(time, "%a %b %e %H:%M:%S %Y"),
            'e' => Padded(time.Day, ' '),
            'G' => Padded(ISOWeek.GetYear(time.DateTime)),
            'j' => Padded(time.DayOfYear).PadLeft(3, '0'),
            'k' => Padded(time.Hour, ' '),
            'l' => Padded(((time.Hour + 11) % 12) + 1, ' '),
            'n' => "\n",
            's' => Padded(time.ToUnixTimeSeconds()),
            't' => "\t",
            'u' => Padded(monday + 1)[1..],
            'U' => Padded((time.DayOfYear + 6 - sunday) / 7),
            'V' => Padded(ISOWeek.GetWeekOfYear(time.DateTime)),
            'w' => Padded(sunday)[1..],
            'W' => Padded((time.DayOfYear + 6 - monday) / 7),
            'Y' => Padded(time.Year),
            'z' or 'Z' => "",
            '%' => "%",
            _ => null,
        };

        static string Padded(long value, char fill = '0') => value.ToString(CultureInfo.InvariantCulture).PadLeft(2, fill);
    }

    [GeneratedRegex("%(?<flag>[-_0^]?)[a-zA-Z%]")]
    private static partial Regex Directive();
}
