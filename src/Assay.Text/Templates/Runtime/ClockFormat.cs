using System.Globalization;
using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// C's <c>strftime</c> in the C locale, with glibc's flags, for a date without a time zone. What is rare in it is refused by name.
/// </summary>
internal static partial class ClockFormat
{
    /// <summary>Directives, and the format of .NET they are.</summary>
    private static readonly Dictionary<char, string> s_formats = new()
    {
        ['a'] = "ddd",
        ['A'] = "dddd",
        ['b'] = "MMM",
        ['B'] = "MMMM",
        ['d'] = "dd",
        ['D'] = "MM'/'dd'/'yy",
        ['f'] = "ffffff",
        ['F'] = "yyyy-MM-dd",
        ['h'] = "MMM",
        ['H'] = "HH",
        ['I'] = "hh",
        ['m'] = "MM",
        ['M'] = "mm",
        ['p'] = "tt",
        ['R'] = "HH:mm",
        ['S'] = "ss",
        ['T'] = "HH:mm:ss",
        ['X'] = "HH:mm:ss",
        ['x'] = "MM'/'dd'/'yy",
        ['y'] = "yy",
        ['Y'] = "yyyy",
    };

    public static string Format(DateTimeOffset time, string format) => Directive().Replace(format, match => Field(time, match.Value));

    private static string Field(DateTimeOffset time, string directive)
    {
        var field = directive[^1] switch
        {
            'c' => Format(time, "%a %b %e %T %Y"),
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'z' or 'Z' => "",
            '%' => "%",
            var letter => s_formats.TryGetValue(letter, out var format)
                ? time.ToString(format, CultureInfo.InvariantCulture)
                : throw TemplateFault.Runtime($"the directive {directive} of strftime_now is not supported"),
        };
        return directive[1] switch
        {
            '-' => field.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0",
            '^' => field.ToUpperInvariant(),
            _ => field,
        };
    }

    [GeneratedRegex("%[-^]?[a-zA-Z%]")]
    private static partial Regex Directive();
}
