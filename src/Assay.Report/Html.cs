using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Assay.Report;

/// <summary>
/// Writes HTML that is also well-formed XML. What stands in the braces of an interpolated string is text and is escaped, so that nothing
/// people wrote becomes markup; only the literal parts are markup.
/// </summary>
internal static class Html
{
    /// <summary>Appends markup with escaped text in it: <c>page.AppendHtml($"&lt;p&gt;{text}&lt;/p&gt;")</c>.</summary>
    public static StringBuilder AppendHtml(
        this StringBuilder page,
        [InterpolatedStringHandlerArgument(nameof(page))] ref Interpolation html
    ) => page;

    /// <summary>Appends text, escaped. Control characters and broken surrogates, which no page may hold, become U+FFFD.</summary>
    public static StringBuilder AppendText(this StringBuilder page, string? text)
    {
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => page.Append("&amp;"),
                '<' => page.Append("&lt;"),
                '>' => page.Append("&gt;"),
                '"' => page.Append("&quot;"),
                '\'' => page.Append("&#39;"),
                '\t' or '\n' => page.Append((char)rune.Value),
                '\r' => page,
                < 0x20 or (>= 0x7F and < 0xA0) or 0xFFFE or 0xFFFF => page.Append('\uFFFD'),
                _ => page.Append(rune.ToString()),
            };
        }
        return page;
    }

    /// <summary>
    /// Markup by literal parts, text by formatted ones. Whole numbers are grouped by thousands; other numbers want a format.
    /// </summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Interpolation(int literalLength, int formattedCount, StringBuilder page)
    {
        private readonly StringBuilder _page = page.EnsureRoom(literalLength + formattedCount * 8);

        public void AppendLiteral(string markup) => _page.Append(markup);

        public void AppendFormatted(string? text) => _page.AppendText(text);

        public void AppendFormatted(long count) => _page.Append(count.ToString("N0", CultureInfo.InvariantCulture));

        public void AppendFormatted(double value, string format) => _page.Append(value.ToString(format, CultureInfo.InvariantCulture));
    }

    private static StringBuilder EnsureRoom(this StringBuilder page, int more)
    {
        page.EnsureCapacity(page.Length + more);
        return page;
    }
}
