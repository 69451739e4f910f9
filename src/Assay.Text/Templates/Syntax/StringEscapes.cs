using System.Globalization;
using System.Text;

namespace Assay.Text.Templates.Syntax;

/// <summary>
/// Escapes in string literals, read as Python's <c>unicode-escape</c> codec reads them after jinja2 has made the text ASCII, which is why a
/// backslash before a letter beyond ASCII comes out as the letter's escape.
/// </summary>
internal static class StringEscapes
{
    /// <param name="literal">What stands between the quotes.</param>
    /// <param name="isJson">The literal is JSON's, where a slash may be escaped too.</param>
    public static string Decode(string literal, bool isJson = false)
    {
        if (!literal.Contains('\\'))
            return literal;
        var decoded = new StringBuilder(literal.Length);
        for (var i = 0; i < literal.Length; )
        {
            var c = literal[i++];
            if (c != '\\')
            {
                decoded.Append(c);
                continue;
            }
            if (i == literal.Length)
                throw TemplateFault.Value("\\ at end of string");
            var point = CodePoints.At(literal, i);
            i += CodePoints.UnitsAt(literal, i);
            switch (point)
            {
                case '\n':
                    break;
                case '\\' or '\'' or '"':
                    decoded.Append((char)point);
                    break;
                case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v':
                    decoded.Append("\a\b\f\n\r\t\v"["abfnrtv".IndexOf((char)point)]);
                    break;
                case '/' when isJson:
                    decoded.Append('/');
                    break;
                case >= '0' and <= '7':
                    var end = i;
                    while (end < literal.Length && end < i + 2 && literal[end] is >= '0' and <= '7')
                        end++;
                    decoded.Append((char)Convert.ToInt32(literal[(i - 1)..end], 8));
                    i = end;
                    break;
                case 'x':
                    decoded.Append((char)Hex(literal, ref i, 2, "truncated \\xXX escape"));
                    break;
                case 'u':
                    decoded.Append((char)Hex(literal, ref i, 4, "truncated \\uXXXX escape"));
                    break;
                case 'U':
                    var value = Hex(literal, ref i, 8, "truncated \\UXXXXXXXX escape");
                    decoded.Append(
                        value <= 0x10FFFF ? CodePoints.ToText((int)value) : throw TemplateFault.Value("illegal Unicode character")
                    );
                    break;
                case 'N':
                    throw TemplateFault.Value("character names (\\N{…}) are not supported: write the character or its \\u escape");
                case >= 0x80:
                    decoded.Append(Printing.Escape(point));
                    break;
                default:
                    decoded.Append('\\').Append((char)point);
                    break;
            }
        }
        return decoded.ToString();
    }

    private static uint Hex(string literal, ref int at, int length, string error)
    {
        var end = at + length;
        if (
            end > literal.Length
            || !uint.TryParse(literal.AsSpan(at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
        )
            throw TemplateFault.Value(error);
        at = end;
        return value;
    }
}
