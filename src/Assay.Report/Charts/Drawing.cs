using System.Text;

namespace Assay.Report.Charts;

/// <summary>
/// The frame of a chart: a figure with its caption and an SVG that says in words what it shows. Drawings are as wide as a phone, so that
/// their text is read at its own size; a page sets several side by side.
/// </summary>
internal static class Drawing
{
    public const int Width = 340;

    public static void Begin(StringBuilder page, string title, string description, double height, double width = Width)
    {
        page.AppendHtml($"<figure><figcaption>{title}</figcaption><svg role=\"img\" viewBox=\"0 0 {width:0} {height:0}\"");
        if (width > Width)
            page.AppendHtml($" class=\"long\" width=\"{width:0}\" height=\"{height:0}\"");
        page.AppendHtml($"><title>{title}</title><desc>{description}</desc>");
    }

    public static void End(StringBuilder page) => page.Append("</svg></figure>\n");

    public static void Text(StringBuilder page, double x, double y, string text, string anchor = "start", string style = "") =>
        page.AppendHtml($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" class=\"{style}\">{text}</text>");

    public static void Line(StringBuilder page, double x1, double y1, double x2, double y2, string style) =>
        page.AppendHtml($"<path d=\"M{x1:0.#} {y1:0.#}L{x2:0.#} {y2:0.#}\" class=\"{style}\"/>");

    /// <summary>Grid lines and labels of a horizontal axis, from top to bottom.</summary>
    public static void Across(StringBuilder page, Axis axis, double top, double bottom, string label)
    {
        foreach (var tick in axis.Ticks)
        {
            Line(page, axis.At(tick), top, axis.At(tick), bottom, "grid");
            Text(page, axis.At(tick), bottom + 14, axis.Label(tick), "middle");
        }
        Text(page, (axis.At(axis.Low) + axis.At(axis.High)) / 2, bottom + 29, label, "middle");
    }

    /// <summary>Grid lines and labels of a vertical axis, from left to right.</summary>
    public static void Upwards(StringBuilder page, Axis axis, double left, double right)
    {
        foreach (var tick in axis.Ticks)
        {
            Line(page, left, axis.At(tick), right, axis.At(tick), "grid");
            Text(page, left - 5, axis.At(tick) + 4, axis.Label(tick), "end");
        }
    }

    /// <summary>A name that fits beside what stands on its line.</summary>
    public static string Cut(string name, int most) => name.Length <= most ? name : name[..(most - 1)] + "…";
}
