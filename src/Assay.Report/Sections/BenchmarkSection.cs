using System.Text;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>Each benchmark with its parts, scored as published.</summary>
internal static class BenchmarkSection
{
    private const int MostParts = 60,
        MostInChart = 30;

    public static void Draw(StringBuilder page, IReadOnlyList<BenchmarkEvidence> benchmarks)
    {
        foreach (var report in benchmarks.Select(benchmark => benchmark.Report))
        {
            var name = BenchmarkDescription.Of(report.Kind).Name;
            page.AppendHtml($"<h3>{name}</h3><p>Score <b>{Figure.Number(report.Score)}</b>");
            if (report.ScoreInterval is { } interval)
                page.AppendHtml($" ({Figure.Of(interval)})");
            page.AppendHtml(
                $" over {report.Rows} rows, scored as {report.Revision}; in {Figure.Number(report.TieRate)} of the rows a right and a wrong answer share the best score.</p>"
            );
            if (report.PossibleScores is { } possible)
                page.AppendHtml(
                    $"<p>Not scored: {string.Join(", ", report.LeftOut.Select(reason => $"{Words.Of(reason.Key)} {reason.Value}"))}. The rows that were give {Figure.Number(report.PartialScore)}; all rows would give from {Figure.Number(possible.Low)} (the rest wrong) to {Figure.Number(possible.High)} (the rest right).</p>"
                );
            if (report.Warnings.Count > 0)
            {
                page.Append("<div class=\"warning\">Not comparable with published figures as it stands:<ul>");
                foreach (var warning in report.Warnings)
                    page.AppendHtml($"<li>{warning}</li>");
                page.Append("</ul></div>\n");
            }
            page.Append("<div class=\"charts\">");
            IntervalChart.Draw(
                page,
                $"{name} by part",
                "score",
                report
                    .Parts.Take(MostInChart)
                    .Select(part => new IntervalRow(
                        part.Rows > 0 ? $"{Words.Of(part.Name)} ({Figure.Count(part.Rows)})" : Words.Of(part.Name),
                        part.Score,
                        part.Interval
                    )),
                0,
                1
            );
            page.Append("</div>\n");
            HtmlTable.WriteSome(
                page,
                $"{name} by part",
                ["part", "rows#", "score#", "95 % interval#"],
                report.Parts,
                MostParts,
                "the benchmark's evidence file",
                part =>
                    [
                        Words.Of(part.Name),
                        part.Rows == 0 ? Figure.Undefined : Figure.Count(part.Rows),
                        Figure.Number(part.Score),
                        Figure.Of(part.Interval),
                    ]
            );
        }
    }
}
