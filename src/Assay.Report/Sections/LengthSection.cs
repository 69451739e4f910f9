using System.Text;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>Did the model learn the preference or the length?</summary>
internal static class LengthSection
{
    public static void Draw(StringBuilder page, AuditEvidence evidence, GateEvidence? gate)
    {
        if (evidence.Length is { } audit)
            DrawLength(page, audit, gate);
        if (evidence.Baselines is { } baselines)
            DrawBaselines(page, baselines);
    }

    private static void DrawLength(StringBuilder page, LengthAudit audit, GateEvidence? gate)
    {
        page.AppendHtml(
            $"<p>Where the answers differ in length, people preferred the longer one in {Figure.Number(audit.LabelPrefersLonger)} of the pairs, the model in <b>{Figure.Number(audit.ModelPrefersLonger)}</b>. It is right in {Figure.Number(audit.AccuracyWhenChosenLonger)} when the preferred answer is the longer and in {Figure.Number(audit.AccuracyWhenChosenShorter)} when it is the shorter. “The longer answer wins” alone would be right in {Figure.Number(audit.LengthOnlyAccuracy)}.</p>"
        );
        if (audit.LengthMatchedCheckNeeded)
            page.Append(
                "<p class=\"warning\">In this data length goes with the label: plain accuracy may not be believed without the length-matched one.</p>"
            );
        page.Append("<div class=\"charts\">");
        Buckets(page, "Accuracy by length, chosen over rejected", audit.ByRatio);
        Buckets(page, "Accuracy by size of the length difference", audit.ByDifference);
        IntervalChart.Draw(
            page,
            "Accuracy where lengths are alike",
            "accuracy",
            audit.Matched.Select(matched => new IntervalRow(
                $"within a ratio of {matched.Limit:0.##} ({Figure.Count(matched.Pairs)})",
                matched.Accuracy,
                matched.Interval
            )),
            0.4,
            1,
            0.5,
            PolicyLimit.Of(gate, "length_matched_accuracy")
        );
        IntervalChart.Draw(
            page,
            "Accuracy by which answer people preferred",
            "accuracy",
            [
                new(
                    $"the longer ({Figure.Count(audit.ChosenLonger)})",
                    audit.AccuracyWhenChosenLonger,
                    Wilson(audit.AccuracyWhenChosenLonger, audit.ChosenLonger)
                ),
                new(
                    $"the shorter ({Figure.Count(audit.ChosenShorter)})",
                    audit.AccuracyWhenChosenShorter,
                    Wilson(audit.AccuracyWhenChosenShorter, audit.ChosenShorter)
                ),
            ],
            0.4,
            1,
            0.5,
            PolicyLimit.Of(gate, "chosen_shorter_accuracy")
        );
        page.Append("</div>\n");
        HtmlTable.Write(
            page,
            "Length-matched pairs",
            ["longer over shorter at most", "pairs#", "share of all#", "accuracy#", "95 % interval#", "ties wrong#"],
            audit.Matched.Select(matched =>
                (IReadOnlyList<Cell>)
                    [
                        $"{matched.Limit:0.##}",
                        Figure.Count(matched.Pairs),
                        Figure.Number(matched.Share),
                        Figure.Number(matched.Accuracy),
                        Figure.Of(matched.Interval),
                        Figure.Number(matched.AccuracyTiesWrong),
                    ]
            )
        );
        HtmlTable.Write(
            page,
            "Accuracy by length",
            ["pairs with", "pairs#", "accuracy#", "95 % interval#", "mean margin#"],
            audit
                .ByRatio.Select(bucket => ("chosen over rejected " + bucket.Name, bucket))
                .Concat(audit.ByDifference.Select(bucket => ("length difference in the " + bucket.Name, bucket)))
                .Select(row =>
                    (IReadOnlyList<Cell>)
                        [
                            row.Item1,
                            Figure.Count(row.bucket.Pairs),
                            Figure.Number(row.bucket.Accuracy),
                            Figure.Of(row.bucket.Interval),
                            Figure.Number(row.bucket.MeanMargin),
                        ]
                )
        );
        HtmlTable.Write(
            page,
            "Length and score together",
            ["figure", "value#", "p#"],
            [
                ["pairs with both lengths", Figure.Count(audit.Pairs), Figure.Undefined],
                ["preferred answer longer", Figure.Count(audit.ChosenLonger), Figure.Undefined],
                ["preferred answer shorter", Figure.Count(audit.ChosenShorter), Figure.Undefined],
                ["equally long", Figure.Count(audit.EqualLength), Figure.Undefined],
                ["accuracy gap, longer minus shorter", Figure.Signed(audit.AccuracyGap), Figure.Undefined],
                ["mean length difference", Figure.Signed(audit.MeanDifference), Figure.Undefined],
                ["mean difference over its standard deviation", Figure.Signed(audit.LengthEffectSize), Figure.Undefined],
                ["margin with log length ratio, Pearson", Figure.Signed(audit.Pearson.Coefficient), Figure.PValue(audit.Pearson.PValue)],
                ["margin with log length ratio, Spearman", Figure.Signed(audit.Spearman.Coefficient), Figure.PValue(audit.Spearman.PValue)],
                [
                    "odds of being right, longer against shorter (within sources)",
                    Figure.Number(audit.LongerAgainstRight.OddsRatio),
                    Figure.PValue(audit.LongerAgainstRight.NoAssociation.PValue),
                ],
            ]
        );
        if (audit.ScoreAndLength is { } fit)
            Fit(page, "Preference on margin and length (logistic regression)", fit);
        if (audit.RegressionNote is { } note)
            page.AppendHtml($"<p class=\"note\">No regression of preference on margin and length: {note}</p>");
    }

    private static void DrawBaselines(StringBuilder page, BaselineAudit audit)
    {
        (string Name, double Accuracy, Interval Interval)[] rows =
        [
            ("length alone", audit.LengthOnly, audit.LengthOnlyInterval),
            ("words alone", audit.BagOfWords, audit.BagOfWordsInterval),
            ("the model", audit.Model, audit.ModelInterval),
        ];
        page.AppendHtml(
            $"<p>What can be had without understanding, on the same {audit.Pairs} pairs: the direction of length, or which words stand on one side only, learned on other prompts of the same data. Where the model is no better, its accuracy shows no more than that.</p><div class=\"charts\">"
        );
        IntervalChart.Draw(
            page,
            "The model beside what needs no model",
            "accuracy",
            rows.Select(row => new IntervalRow(row.Name, row.Accuracy, row.Interval)),
            0.4,
            1,
            0.5
        );
        page.Append("</div>\n");
        HtmlTable.Write(
            page,
            "The model beside what needs no model",
            ["judged by", "pairs#", "accuracy#", "95 % interval#"],
            rows.Select(row =>
                (IReadOnlyList<Cell>)[row.Name, Figure.Count(audit.Pairs), Figure.Number(row.Accuracy), Figure.Of(row.Interval)]
            )
        );
    }

    /// <summary>The coefficients of a regression.</summary>
    public static void Fit(StringBuilder page, string caption, LogisticFit fit)
    {
        var intervals = fit.Intervals();
        HtmlTable.Write(
            page,
            $"{caption}, McFadden R² {Figure.Number(fit.McFaddenR2)}, {Figure.Count(fit.Rows)} rows",
            ["column", "coefficient#", "95 % interval (Wald)#", "p#"],
            fit.Names.Select(
                (name, i) =>
                    (IReadOnlyList<Cell>)
                        [Words.Of(name), Figure.Signed(fit.Coefficients[i]), Figure.Of(intervals[i]), Figure.PValue(fit.PValues[i])]
            )
        );
    }

    private static Interval? Wilson(double accuracy, long pairs) => pairs == 0 ? null : ProportionInterval.Wilson(accuracy * pairs, pairs);

    private static void Buckets(StringBuilder page, string title, IReadOnlyList<LengthBucket> buckets) =>
        IntervalChart.Draw(
            page,
            title,
            "accuracy",
            buckets.Select(bucket => new IntervalRow($"{bucket.Name} ({Figure.Count(bucket.Pairs)})", bucket.Accuracy, bucket.Interval)),
            0.4,
            1,
            0.5
        );
}
