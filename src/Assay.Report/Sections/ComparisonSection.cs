using System.Text;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>The model among others on the same pairs, and which differences are noise.</summary>
internal static class ComparisonSection
{
    private const int MostModels = 40,
        MostDifferences = 60,
        MostInChart = 20;

    public static void Draw(StringBuilder page, EvidenceSet evidence)
    {
        var report = evidence.Comparison!.Report;
        string Name(ComparedModel model) => evidence.IsSubject(model) ? $"{model.Name} (this model)" : model.Name;
        page.AppendHtml(
            $"<p>{report.Models.Count} models on the {report.Pairs} pairs of {report.Prompts} prompts that all of them scored. A difference is called noise where the permutation p over prompts, corrected by Holm for {report.Differences.Count} difference{(report.Differences.Count == 1 ? "" : "s")}, is not below {ModelDifference.Level:0.##}.</p><div class=\"charts\">"
        );
        IntervalChart.Draw(
            page,
            "Accuracy of each model",
            "accuracy, 95 % by prompt",
            report
                .Models.Take(MostInChart)
                .Select(model => new IntervalRow(
                    Name(model),
                    model.Figures.Accuracy,
                    model.IntervalByPrompt ?? model.Figures.AccuracyInterval
                )),
            0.4,
            1,
            0.5
        );
        IntervalChart.Draw(
            page,
            "Differences of accuracy",
            "first minus second accuracy",
            report
                .Differences.Take(MostInChart)
                .Select(difference => new IntervalRow(
                    $"{difference.First} − {difference.Second}",
                    difference.Difference,
                    difference.Interval
                )),
            double.NaN,
            double.NaN,
            0
        );
        page.Append("</div>\n");
        HtmlTable.WriteSome(
            page,
            "Models by rank",
            [
                "model",
                "rank#",
                "accuracy#",
                "95 % by prompt#",
                "95 %, pairs independent#",
                "ties#",
                "margin mean#",
                "pairs left out#",
                "against the best",
            ],
            report.Models,
            MostModels,
            ComparisonReport.FileName,
            model =>
                [
                    Name(model),
                    Figure.Count(model.Rank),
                    Figure.Number(model.Figures.Accuracy),
                    Figure.Of(model.IntervalByPrompt),
                    Figure.Of(model.Figures.AccuracyInterval),
                    Figure.Count(model.Figures.Ties),
                    Figure.Number(model.Figures.MarginMean),
                    Figure.Count(model.LeftOut),
                    model == report.Models[0] ? "best"
                    : model.IsTiedWithBest ? "may be noise"
                    : "worse",
                ]
        );
        HtmlTable.WriteSome(
            page,
            "Differences of accuracy",
            [
                "difference",
                "verdict",
                "first minus second#",
                "95 % interval#",
                "p, permutation#",
                "p, Holm#",
                "only first right#",
                "only second right#",
                "p, McNemar#",
                "ordered alike#",
            ],
            report.Differences,
            MostDifferences,
            ComparisonReport.FileName,
            difference =>
                [
                    $"{difference.First} − {difference.Second}",
                    difference.IsNoise ? Cell.Marked("? noise", "open") : Cell.Marked("✓ real", "good"),
                    Figure.Signed(difference.Difference),
                    Figure.Of(difference.Interval),
                    Figure.PValue(difference.PermutationPValue),
                    Figure.PValue(difference.AdjustedPValue),
                    Figure.Count(difference.McNemar.OnlyFirstRight),
                    Figure.Count(difference.McNemar.OnlySecondRight),
                    Figure.PValue(difference.McNemar.Exact.PValue),
                    Figure.Number(difference.Agreement),
                ]
        );
    }
}
