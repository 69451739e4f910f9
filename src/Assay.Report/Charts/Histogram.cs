using System.Text;
using Assay.Evaluation.Evidence;

namespace Assay.Report.Charts;

/// <summary>
/// Two sets of scores over one axis: chosen as filled bars, rejected as an outline over them, so that they are told apart without colour.
/// </summary>
internal static class Histogram
{
    private const int Height = 215,
        Left = 46,
        Right = Drawing.Width - 12,
        Top = 24,
        Bottom = Height - 36;

    public static void Draw(StringBuilder page, string title, string across, ScoreHistogram scores)
    {
        if (scores.Chosen.Count == 0)
            return;
        var most = Math.Max(1, scores.Chosen.Concat(scores.Rejected).Max());
        Axis x = new(scores.Low, scores.Low + scores.Width * scores.Chosen.Count, Left, Right),
            y = new(0, most, Bottom, Top, 4);
        double Edge(int bin) => x.At(scores.Low + bin * scores.Width);
        Drawing.Begin(
            page,
            title,
            $"{scores.Chosen.Count} bins from {Figure.Number(scores.Low)}, each {Figure.Number(scores.Width)} wide. Chosen: {string.Join(", ", scores.Chosen)}. Rejected: {string.Join(", ", scores.Rejected)}.",
            Height
        );
        Drawing.Across(page, x, Top, Bottom, across);
        Drawing.Upwards(page, y, Left, Right);
        page.AppendHtml($"<rect class=\"bar\" x=\"{Left:0}\" y=\"4\" width=\"14\" height=\"10\"/>");
        Drawing.Text(page, Left + 20, 13, "chosen", style: "name");
        Drawing.Line(page, Left + 90, 9, Left + 112, 9, "line two");
        Drawing.Text(page, Left + 118, 13, "rejected", style: "name");
        for (var bin = 0; bin < scores.Chosen.Count; bin++)
        {
            if (scores.Chosen[bin] == 0)
                continue;
            page.AppendHtml(
                $"<rect class=\"bar\" x=\"{Edge(bin) + 0.5:0.#}\" y=\"{y.At(scores.Chosen[bin]):0.#}\" width=\"{Math.Max(0.5, Edge(bin + 1) - Edge(bin) - 1):0.#}\" height=\"{Bottom - y.At(scores.Chosen[bin]):0.#}\"/>"
            );
        }
        page.AppendHtml($"<path class=\"line two\" d=\"M{Edge(0):0.#} {Bottom}");
        for (var bin = 0; bin < scores.Rejected.Count; bin++)
            page.AppendHtml($"V{y.At(scores.Rejected[bin]):0.#}H{Edge(bin + 1):0.#}");
        page.AppendHtml($"V{Bottom}\"/>");
        Drawing.End(page);
    }
}
