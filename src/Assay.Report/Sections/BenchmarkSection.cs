using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>Each benchmark with its parts, scored as published.</summary>
internal static class BenchmarkSection
{
    private const int MostParts = 60, MostInChart = 30;

    public static void Draw(StringBuilder page, IReadOnlyList<BenchmarkEvidence> benchmarks)
    {
        foreach (var report in benchmarks.Select(benchmark => benchmark.Report))
        {
            page.AppendHtml($"<h3>{report.Kind.ToString()}</h3><p>Score <b>{Figure.Number(report.Score)}</b> over {report.Rows} rows, scored as {report.Revision}; in {Figure.Number(report.TieRate)} of the rows a right and a wrong answer share the best score.</p>");
            if (report.Warnings.Count > 0)
            {
                page.Append("<div class=\"warning\">Not comparable with published figures as it stands:<ul>");
                foreach (var warning in report.Warnings) page.AppendHtml($"<li>{warning}</li>");
                page.Append("</ul></div>\n");
            }
            page.Append("<div class=\"charts\">");
            IntervalChart.Draw(page, $"{report.Kind} by part", "score", report.Parts.Take(MostInChart).Select(part => new IntervalRow(part.Rows > 0 ? $"{Words.Of(part.Name)} ({Figure.Count(part.Rows)})" : Words.Of(part.Name), part.Score, part.Interval)), 0, 1);
            page.Append("</div>\n");
            HtmlTable.WriteSome(page, $"{report.Kind} by part", ["part", "rows#", "score#", "95 % interval#"], report.Parts, MostParts, "the benchmark's evidence file",
                part => [Words.Of(part.Name), part.Rows == 0 ? Figure.Undefined : Figure.Count(part.Rows), Figure.Number(part.Score), Figure.Of(part.Interval)]);
        }
    }
}
