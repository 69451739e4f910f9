using System.Text;
using Assay.Evaluation.Statistics;

namespace Assay.Report.Charts;

/// <summary>
/// Distributions one under the other: the box holds the middle half with the median in it, the whisker the middle 98 %, the hollow dot is
/// the mean, the small dots the extremes.
/// </summary>
internal static class BoxChart
{
    private const int Left = 16,
        Right = Drawing.Width - 16,
        RowHeight = 40;

    public static void Draw(
        StringBuilder page,
        string title,
        string across,
        IReadOnlyList<(string Name, DistributionSummary Shape)> rows,
        double? mark = null
    )
    {
        double bottom = 6 + rows.Count * RowHeight;
        var axis = new Axis(rows.Min(row => row.Shape.Min), rows.Max(row => row.Shape.Max), Left, Right);
        Drawing.Begin(
            page,
            title,
            string.Join(
                " ",
                rows.Select(row =>
                    $"{row.Name}: median {Figure.Number(Quantile(row.Shape, 0.5))}, middle half {Figure.Number(Quantile(row.Shape, 0.25))} to {Figure.Number(Quantile(row.Shape, 0.75))}, from {Figure.Number(row.Shape.Min)} to {Figure.Number(row.Shape.Max)}."
                )
            ),
            bottom + 34
        );
        Drawing.Across(page, axis, 4, bottom, across);
        if (mark is { } value)
            Drawing.Line(page, axis.At(value), 4, axis.At(value), bottom, "mark");
        for (var i = 0; i < rows.Count; i++)
        {
            var shape = rows[i].Shape;
            double top = 6 + i * RowHeight,
                middle = top + 26;
            double At(double probability) => axis.At(Quantile(shape, probability));
            Drawing.Text(page, Left, top + 11, rows[i].Name, style: "name");
            Drawing.Text(page, Right, top + 11, "mean " + Figure.Number(shape.Mean), "end");
            Drawing.Line(page, At(0.01), middle, At(0.99), middle, "whisker");
            page.AppendHtml(
                $"<rect class=\"box\" x=\"{At(0.25):0.#}\" y=\"{middle - 8:0.#}\" width=\"{Math.Max(1, At(0.75) - At(0.25)):0.#}\" height=\"16\"/>"
            );
            Drawing.Line(page, At(0.5), middle - 8, At(0.5), middle + 8, "median");
            foreach (var end in (ReadOnlySpan<double>)[shape.Min, shape.Max])
                page.AppendHtml($"<circle class=\"dot\" cx=\"{axis.At(end):0.#}\" cy=\"{middle:0.#}\" r=\"2\"/>");
            page.AppendHtml($"<circle class=\"dot hollow\" cx=\"{axis.At(shape.Mean):0.#}\" cy=\"{middle:0.#}\" r=\"4\"/>");
        }
        Drawing.End(page);
    }

    private static double Quantile(DistributionSummary shape, double probability) => shape.Quantiles[Place(probability)];

    private static int Place(double probability)
    {
        for (var i = 0; i < DistributionSummary.QuantileProbabilities.Count; i++)
            if (DistributionSummary.QuantileProbabilities[i] == probability)
                return i;
        throw new ArgumentOutOfRangeException(nameof(probability), probability, "the summary has no such quantile");
    }
}
