using System.Text;

namespace Assay.Report;

/// <summary>
/// One section of a page: drawn when there is something to draw, else said to be missing, with the command that would make it.
/// </summary>
/// <param name="Id">Its anchor, and its name in <c>--json</c>.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Command">What makes it.</param>
/// <param name="Draw">Writes what stands under the heading; null when nothing is known.</param>
internal sealed record ReportSection(string Id, string Title, string Command, Action<StringBuilder>? Draw)
{
    public void Write(StringBuilder page)
    {
        page.AppendHtml(
            $"<section id=\"{Id}\" class=\"{(Id == "gate" ? "summary" : "detail")}\" aria-labelledby=\"{Id}-title\"><h2 id=\"{Id}-title\">{Title}</h2>\n"
        );
        if (Draw is not null)
            Draw(page);
        else
            page.AppendHtml(
                $"<p class=\"missing\"><b>Missing.</b> This was not measured, or its evidence was not given. What makes it: <code>{Command}</code></p>"
            );
        page.Append("</section>\n");
    }
}
