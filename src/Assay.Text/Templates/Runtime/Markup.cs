using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// markupsafe's escaping. With autoescape off, as chat templates have it, it is only met through <c>escape</c> and <c>safe</c>.
/// </summary>
internal static partial class Markup
{
    public static TemplateString Escape(TemplateString text)
    {
        if (text.IsMarkup)
            return text;
        if (text.Value.AsSpan().IndexOfAny("&<>\"'") < 0)
            return text.AsMarkup();
        var builder = new TrackedBuilder();
        var from = 0;
        for (var i = 0; i < text.Value.Length; i++)
        {
            var entity = text.Value[i] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&#34;",
                '\'' => "&#39;",
                _ => null,
            };
            if (entity is null)
                continue;
            builder.Append(text.Part(from, i));
            builder.Append(text.Part(i, i + 1).Derived(entity));
            from = i + 1;
        }
        builder.Append(text.Part(from, text.Value.Length));
        return builder.Build().AsMarkup();
    }

    public static TemplateString Escape(Renderer renderer, object value) =>
        value is TemplateString text ? Escape(text) : Escape(Printing.ToText(renderer, value));

    /// <summary>Takes out comments and tags and makes runs of white space one space.</summary>
    public static string StripTags(string text) =>
        System.Net.WebUtility.HtmlDecode(
            string.Join(
                ' ',
                Tag().Replace(Comment().Replace(text, ""), "").Split(PythonText.AllSpaces, StringSplitOptions.RemoveEmptyEntries)
            )
        );

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("<.*?>", RegexOptions.Singleline)]
    private static partial Regex Tag();
}
