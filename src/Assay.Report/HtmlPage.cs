using System.Text;

namespace Assay.Report;

/// <summary>
/// The frame of every page: one file that needs nothing else and runs nothing. The policy in its head forbids the browser to fetch or run
/// anything, whatever the texts in it say.
/// </summary>
internal static class HtmlPage
{
    public static StringBuilder Begin(string title)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\" />");
        page.Append(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\" />"
        );
        page.Append(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" /><meta name=\"color-scheme\" content=\"light dark\" /><meta name=\"referrer\" content=\"no-referrer\" />"
        );
        page.AppendHtml($"<title>{title}</title><style>");
        return page.Append(Stylesheet.Text).Append("</style></head>\n<body><a class=\"skip\" href=\"#content\">Skip to the content</a>\n");
    }

    public static string End(StringBuilder page) => page.Append("</body></html>\n").ToString();
}
