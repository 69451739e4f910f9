using System.Text;

namespace Assay.Report.Charts;

/// <summary>
/// Up to four lines over one axis, told apart by dashes and the legend as well as by colour. Long lines are thinned to the extremes of each
/// stretch, so that spikes stay.
/// </summary>
internal static class LineChart
{
    private const int Height = 215,
        Left = 46,
        Right = Drawing.Width - 12,
        Bottom = Height - 36,
        MostPoints = 400;
    private static readonly string[] Styles = ["one", "two", "three", "four"];

    /// <param name="page">Where it is drawn.</param>
    /// <param name="title">The caption.</param>
    /// <param name="across">What the horizontal axis counts.</param>
    /// <param name="series">One to four; points that are no number are left out.</param>
    /// <param name="mark">A height to compare with, drawn as a thin dashed line: chance, the loss of an untrained model. Its name is put
    /// beside it.</param>
    public static void Draw(
        StringBuilder page,
        string title,
        string across,
        IReadOnlyList<LineSeries> series,
        (double Y, string Name)? mark = null
    )
    {
        LineSeries[] drawn =
        [
            .. series
                .Select(line =>
                    line with
                    {
                        Points = [.. line.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))],
                    }
                )
                .Where(line => line.Points.Count > 0),
        ];
        if (drawn.Length == 0)
            return;
        var top = drawn.Length > 1 ? 24 : 10;
        var all = drawn.SelectMany(line => line.Points).ToArray();
        var heights = all.Select(point => point.Y).Concat(mark is { } height ? [height.Y] : []).ToArray();
        Axis x = new(all.Min(point => point.X), all.Max(point => point.X), Left, Right),
            y = new(heights.Min(), heights.Max(), Bottom, top, 4);
        Drawing.Begin(page, title, Describe(across, drawn), Height);
        Drawing.Across(page, x, top, Bottom, across);
        Drawing.Upwards(page, y, Left, Right);
        if (mark is { } shown)
        {
            Drawing.Line(page, Left, y.At(shown.Y), Right, y.At(shown.Y), "mark");
            // Above the line, unless that is where the legend stands.
            Drawing.Text(page, Right, y.At(shown.Y) + (y.At(shown.Y) - top > 14 ? -4 : 12), shown.Name, "end");
        }
        for (var i = 0; i < drawn.Length; i++)
        {
            var style = Styles[i % Styles.Length];
            if (drawn.Length > 1)
            {
                var at = Left + i * (Right - Left) / drawn.Length;
                if (drawn[i].Points.Count == 1)
                    Dot(page, at + 11, 10, style);
                else
                    Drawing.Line(page, at, 10, at + 22, 10, "line " + style);
                Drawing.Text(page, at + 26, 14, drawn[i].Name, style: "name");
            }
            var points = Thinned(drawn[i].Points);
            if (points.Count == 1)
            {
                Dot(page, x.At(points[0].X), y.At(points[0].Y), style);
                continue;
            }
            page.Append("<path class=\"line ").Append(style).Append("\" d=\"");
            for (var p = 0; p < points.Count; p++)
                page.AppendHtml($"{(p == 0 ? "M" : "L")}{x.At(points[p].X):0.#} {y.At(points[p].Y):0.#}");
            page.Append("\"/>");
        }
        Drawing.End(page);
    }

    private static void Dot(StringBuilder page, double x, double y, string style) =>
        page.AppendHtml($"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"4\" class=\"dot {style}\"/>");

    private static string Describe(string across, LineSeries[] drawn) =>
        string.Join(
            " ",
            drawn.Select(line =>
                $"{line.Name}: {Figure.Number(line.Points[0].Y)} at {across} {line.Points[0].X:0.####}, {Figure.Number(line.Points[^1].Y)} at {line.Points[^1].X:0.####}, lowest {Figure.Number(line.Points.Min(point => point.Y))}, highest {Figure.Number(line.Points.Max(point => point.Y))}."
            )
        );

    private static IReadOnlyList<(double X, double Y)> Thinned(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count <= MostPoints)
            return points;
        var size = (points.Count + MostPoints / 2 - 1) / (MostPoints / 2);
        return
        [
            .. points
                .Chunk(size)
                .SelectMany(stretch =>
                    new[] { stretch.MinBy(point => point.Y), stretch.MaxBy(point => point.Y) }.OrderBy(point => point.X)
                ),
        ];
    }
}

/// <summary>A line: its name and its points from left to right.</summary>
internal sealed record LineSeries(string Name, IReadOnlyList<(double X, double Y)> Points);
