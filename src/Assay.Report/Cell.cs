using System.Text;

namespace Assay.Report;

/// <summary>What stands in a table's cell: text, or markup made by <see cref="Html"/>.</summary>
internal readonly record struct Cell
{
    private readonly string? _markup;

    private Cell(string markup) => _markup = markup;

    public static implicit operator Cell(string? text) => new(new StringBuilder().AppendText(text).ToString());

    /// <summary>An identifier, file name or hash.</summary>
    public static Cell Code(string text) => new(new StringBuilder().AppendHtml($"<code>{text}</code>").ToString());

    /// <summary>What was decided, in a class of the stylesheet that goes with its word.</summary>
    public static Cell Marked(string text, string style) =>
        new(new StringBuilder().AppendHtml($"<b class=\"{style}\">{text}</b>").ToString());

    public void Write(StringBuilder page) => page.Append(_markup);
}
