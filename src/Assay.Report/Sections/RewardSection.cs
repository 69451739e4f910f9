using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Statistics;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>How rewards and margins are spread, and what a single score means.</summary>
internal static class RewardSection
{
    public static void Draw(StringBuilder page, EvalEvidence eval)
    {
        page.Append("<div class=\"charts\">");
        if (eval.Histogram is { } histogram)
            Histogram.Draw(page, "How many answers got which score", "raw score", histogram);
        BoxChart.Draw(page, "Rewards", "raw score", [("chosen", eval.ChosenRewards), ("rejected", eval.RejectedRewards)]);
        BoxChart.Draw(
            page,
            "Margins, chosen minus rejected",
            "margin: right of the dashed line the model agrees with people",
            [("margin", eval.Margins)],
            0
        );
        LineChart.Draw(
            page,
            "What a score means: share of reference scores below it",
            "raw score",
            [new("share below", [.. eval.Reference.Percentiles.Select((score, percentile) => (score, percentile / 100.0))])]
        );
        page.Append(
            "</div>\n<p class=\"note\">The box is the middle half with the median in it, the line the middle 98 %, the hollow dot the mean, the small dots the extremes.</p>"
        );
        Shapes(
            page,
            "Rewards and margins",
            [("chosen rewards", eval.ChosenRewards), ("rejected rewards", eval.RejectedRewards), ("margins", eval.Margins)]
        );
        page.AppendHtml(
            $"<p class=\"note\">Reference: {eval.Reference.Count} scores, mean {Figure.Number(eval.Reference.Mean)}, standard deviation {Figure.Number(eval.Reference.StandardDeviation)}. The scale of a reward is arbitrary: only differences and ranks mean anything.</p>"
        );
        if (eval.Drift is { } drift)
            DrawDrift(page, drift);
    }

    private static void DrawDrift(StringBuilder page, ScoreDrift drift)
    {
        page.AppendHtml(
            $"<h3>Moved since an earlier set</h3><p>Against the scores in <code>{drift.From.Path}</code>, SHA-256 <code>{drift.From.Sha256}</code>.</p><div class=\"charts\">"
        );
        BoxChart.Draw(
            page,
            "Rewards, earlier and now",
            "raw score",
            [("earlier", drift.Rewards.Reference), ("now", drift.Rewards.Current)]
        );
        BoxChart.Draw(
            page,
            "Margins, earlier and now",
            "margin",
            [("earlier", drift.Margins.Reference), ("now", drift.Margins.Current)],
            0
        );
        page.Append("</div>\n");
        DriftTable.Write(
            page,
            "What moved since the earlier set",
            "earlier",
            "now",
            [("rewards", drift.Rewards), ("margins", drift.Margins)]
        );
    }

    /// <summary>Distributions as a table.</summary>
    public static void Shapes(StringBuilder page, string caption, IEnumerable<(string Name, DistributionSummary Shape)> shapes) =>
        HtmlTable.Write(
            page,
            caption,
            [
                "of",
                "count#",
                "mean#",
                "std#",
                .. DistributionSummary.QuantileProbabilities.Select(probability =>
                    probability switch
                    {
                        0 => "lowest#",
                        0.5 => "median#",
                        1 => "highest#",
                        _ => $"{probability * 100:0} %#",
                    }
                ),
                "skewness#",
                "excess kurtosis#",
            ],
            shapes.Select(row =>
                (IReadOnlyList<Cell>)
                    [
                        row.Name,
                        Figure.Count(row.Shape.Count),
                        Figure.Number(row.Shape.Mean),
                        Figure.Number(row.Shape.StdPopulation),
                        .. row.Shape.Quantiles.Select(quantile => (Cell)Figure.Number(quantile)),
                        Figure.Number(row.Shape.Skewness),
                        Figure.Number(row.Shape.ExcessKurtosis),
                    ]
            )
        );
}
