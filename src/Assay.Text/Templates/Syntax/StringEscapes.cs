using System.Globalization;
using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Syntax;

/// <summary>
/// Escapes in string literals, read as Python's <c>unicode-escape</c> codec reads them after jinja2 has made the text ASCII, which is why a
/// backslash before a letter beyond ASCII comes out as the letter's escape.
/// </summary>
internal static partial class StringEscapes
{
    private const string Letters = "abfnrtv",
        Controls = "\a\b\f\n\r\t\v";

    /// <param name="literal">What stands between the quotes.</param>
    /// <param name="isJson">The literal is JSON's, where a slash may be escaped too.</param>
    public static string Decode(string literal, bool isJson = false) =>
        Escape()
            .Replace(
                literal,
                match =>
                {
                    if (match.Groups["octal"].Success)
                        return ((char)Convert.ToInt32(match.Groups["octal"].Value, 8)).ToString();
                    if (match.Groups["hex"].Success)
                        return Character(match.Groups["hex"].Value);
                    return match.Groups["other"].Value switch
                    {
                        "" => throw TemplateFault.Value("\\ at end of string"),
                        "\n" => "",
                        "\\" or "'" or "\"" => match.Value[1..],
                        "/" when isJson => "/",
                        "x" => throw TemplateFault.Value("truncated \\xXX escape"),
                        "u" => throw TemplateFault.Value("truncated \\uXXXX escape"),
                        "U" => throw TemplateFault.Value("truncated \\UXXXXXXXX escape"),
                        "N" => throw TemplateFault.Value(
                            "character names (\\N{…}) are not supported: write the character or its \\u escape"
                        ),
                        var other when Letters.IndexOf(other[0]) is >= 0 and var at => Controls[at].ToString(),
                        var other => char.IsAscii(other[0]) ? match.Value : Printing.Escape(CodePoints.At(other, 0)),
                    };
                }
            );

    private static string Character(string digits)
    {
        var point = uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (digits.Length < 8)
            return ((char)point).ToString();
        return point <= 0x10FFFF ? CodePoints.ToText((int)point) : throw TemplateFault.Value("illegal Unicode character");
    }

    [GeneratedRegex(
        @"\\(?:(?<octal>[0-7]{1,3})|x(?<hex>[0-9a-fA-F]{2})|u(?<hex>[0-9a-fA-F]{4})|U(?<hex>[0-9a-fA-F]{8})"
            + @"|(?<other>[\uD800-\uDBFF][\uDC00-\uDFFF]|[\s\S])?)"
    )]
    private static partial Regex Escape();
}
