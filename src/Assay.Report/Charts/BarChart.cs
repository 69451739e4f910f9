using System.Text;

namespace Assay.Report.Charts;

/// <summary>Counts of neighbouring bins as bars, such as a histogram.</summary>
internal static class BarChart
{
    private const int Height = 130,
        Top = 14,
        Bottom = Height - 34,
        NarrowestBar = 32,
        WidestBar = 68;

    /// <param name="page">Where it is drawn.</param>
    /// <param name="title">The caption.</param>
    /// <param name="across">What the bins are of.</param>
    /// <param name="bins">Each with its label (under the bar) and its count.</param>
    public static void Draw(StringBuilder page, string title, string across, IReadOnlyList<(string Label, long Count)> bins)
    {
        if (bins.Count == 0)
            return;
        // Labels want some room: with many bins the drawing is wider and scrolls.
        double width = Math.Max(Drawing.Width, bins.Count * NarrowestBar),
            step = Math.Min(WidestBar, width / bins.Count);
        var most = Math.Max(1, bins.Max(bin => bin.Count));
        if (width > Drawing.Width)
            page.AppendHtml($"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Chart: {title}\">");
        Drawing.Begin(page, title, string.Join(", ", bins.Select(bin => $"{bin.Label}: {Figure.Count(bin.Count)}")), Height, width);
        for (var i = 0; i < bins.Count; i++)
        {
            var height = (double)bins[i].Count / most * (Bottom - Top);
            page.AppendHtml(
                $"<rect class=\"bar\" x=\"{i * step + 2:0.#}\" y=\"{Bottom - height:0.#}\" width=\"{step - 4:0.#}\" height=\"{height:0.#}\"><title>{bins[i].Label}: {bins[i].Count}</title></rect>"
            );
            Drawing.Text(page, (i + 0.5) * step, Bottom + 13, bins[i].Label, "middle");
        }
        Drawing.Line(page, 0, Bottom, width, Bottom, "grid");
        Drawing.Text(page, step * bins.Count / 2, Height - 5, across, "middle");
        Drawing.End(page);
        if (width > Drawing.Width)
            page.Append("</div>");
    }
}
