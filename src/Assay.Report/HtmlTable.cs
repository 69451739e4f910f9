using System.Text;

namespace Assay.Report;

/// <summary>
/// A table with a caption, whose first column heads the rows. On a narrow screen it scrolls in a region of its own, which the keyboard
/// reaches; one that is <see cref="Narrow.Stacked"/> shows each row as a block instead.
/// </summary>
internal static class HtmlTable
{
    /// <param name="page">Where it is written.</param>
    /// <param name="caption">What it holds.</param>
    /// <param name="headings">Those that end with # head numbers.</param>
    /// <param name="rows">Cells in the order of the headings.</param>
    /// <param name="narrow">What becomes of it where there is no room.</param>
    public static void Write(
        StringBuilder page,
        string caption,
        IReadOnlyList<string> headings,
        IEnumerable<IReadOnlyList<Cell>> rows,
        Narrow narrow = Narrow.Scrolled
    )
    {
        string Class(int column) => headings[column].EndsWith('#') ? " class=\"n\"" : "";
        page.AppendHtml(
            $"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table: {caption}\"><table class=\"{(narrow == Narrow.Stacked ? "stacked" : "wide")}\"><caption>{caption}</caption><thead><tr>"
        );
        for (var i = 0; i < headings.Count; i++)
            page.Append("<th scope=\"col\"").Append(Class(i)).Append('>').AppendText(headings[i].TrimEnd('#')).Append("</th>");
        page.Append("</tr></thead><tbody>");
        foreach (var row in rows)
        {
            page.Append("<tr>");
            for (var i = 0; i < row.Count; i++)
            {
                page.Append(i == 0 ? "<th scope=\"row\"" : "<td").Append(Class(i));
                if (narrow == Narrow.Stacked && i > 0)
                    page.AppendHtml($" data-label=\"{headings[i].TrimEnd('#')}\"");
                page.Append('>');
                row[i].Write(page);
                page.Append(i == 0 ? "</th>" : "</td>");
            }
            page.Append("</tr>\n");
        }
        page.Append("</tbody></table></div>\n");
    }

    /// <summary>What becomes of a table on a narrow screen.</summary>
    public enum Narrow
    {
        /// <summary>It scrolls sideways.</summary>
        Scrolled,

        /// <summary>Each row is a block, with the headings before its cells.</summary>
        Stacked,
    }

    /// <summary>At most <paramref name="most"/> rows, and a sentence that says how many more there are and where.</summary>
    public static void WriteSome<T>(
        StringBuilder page,
        string caption,
        IReadOnlyList<string> headings,
        IReadOnlyList<T> entries,
        int most,
        string whole,
        Func<T, IReadOnlyList<Cell>> row
    )
    {
        Write(page, caption, headings, entries.Take(most).Select(row));
        if (entries.Count > most)
            page.AppendHtml($"<p class=\"note\">{entries.Count - most} more are in {whole}.</p>");
    }
}
