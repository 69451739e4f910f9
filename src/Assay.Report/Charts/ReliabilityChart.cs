using System.Text;
using Assay.Evaluation.Calibration;

namespace Assay.Report.Charts;

/// <summary>
/// What the model said it would get right against what it got right. On the dashed line both are the same; below it the model is
/// over-confident.
/// </summary>
internal static class ReliabilityChart
{
    private const int Height = 320,
        Left = 40,
        Right = Drawing.Width - 14,
        Top = 26,
        Bottom = Height - 36;

    public static void Draw(StringBuilder page, string title, ReliabilityTable width, ReliabilityTable mass)
    {
        ReliabilityBin[] wide = [.. width.Bins.Where(bin => bin.Count > 0)],
            full = [.. mass.Bins.Where(bin => bin.Count > 0)];
        var lowest = wide.Concat(full).Select(bin => bin.WinRate).DefaultIfEmpty(0.5).Min();
        Axis x = new(0.5, 1, Left, Right),
            y = new(Math.Min(0.4, lowest), 1, Bottom, Top);
        Drawing.Begin(
            page,
            title,
            string.Join(
                " ",
                wide.Select(bin =>
                    $"Said {Figure.Number(bin.MeanProbability)}, right {Figure.Number(bin.WinRate)}, {Figure.Count(bin.Count)} pairs."
                )
            ),
            Height
        );
        Drawing.Across(page, x, Top, Bottom, "confidence σ(|margin|)");
        Drawing.Upwards(page, y, Left, Right);
        Drawing.Line(page, x.At(0.5), y.At(0.5), x.At(1), y.At(1), "mark");
        Drawing.Text(page, Left, 12, "share right", "start");
        page.Append("<circle class=\"dot\" cx=\"150\" cy=\"8\" r=\"4.5\"/>");
        Drawing.Text(page, 158, 12, "equal width", style: "name");
        page.Append("<rect class=\"dot hollow\" x=\"240\" y=\"4\" width=\"8\" height=\"8\"/>");
        Drawing.Text(page, 253, 12, "equal mass", style: "name");
        foreach (var bin in full)
            page.AppendHtml(
                $"<rect class=\"dot hollow\" x=\"{x.At(bin.MeanProbability) - 4:0.#}\" y=\"{y.At(bin.WinRate) - 4:0.#}\" width=\"8\" height=\"8\"><title>{bin.Count} pairs</title></rect>"
            );
        foreach (var bin in wide)
        {
            Drawing.Line(
                page,
                x.At(bin.MeanProbability),
                y.At(bin.MeanProbability),
                x.At(bin.MeanProbability),
                y.At(bin.WinRate),
                "whisker"
            );
            page.AppendHtml(
                $"<circle class=\"dot\" cx=\"{x.At(bin.MeanProbability):0.#}\" cy=\"{y.At(bin.WinRate):0.#}\" r=\"4.5\"><title>{bin.Count} pairs</title></circle>"
            );
        }
        Drawing.End(page);
    }
}
