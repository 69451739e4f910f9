using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>How often the model prefers what people preferred: of all, and of each part.</summary>
internal static class AccuracySection
{
    private const int MostSlices = 40,
        MostInChart = 12;

    public static void Draw(StringBuilder page, EvalEvidence eval, GateEvidence? gate)
    {
        var all = eval.Metrics;
        page.AppendHtml(
            $"<p>The model orders <b>{Figure.Number(all.Accuracy)}</b> of {all.Pairs} pairs as people did ({Figure.Of(all.AccuracyInterval)}). Pairs of one prompt are not independent: over {eval.Prompts} prompt groups, resampled whole, the interval is <b>{Figure.Of(eval.IntervalByPrompt)}</b>."
        );
        page.AppendHtml(
            $" AUC {Figure.Number(eval.Auc)}: the chance that a chosen answer scores above a rejected one of any pair.{(eval.SetAside.Count > 0 ? $" Set aside, not judged: {Words.Of(eval.SetAside)}." : "")}</p>"
        );
        // One source is the whole: its row would say everything twice.
        PairSlice[] slices = [.. all.Slices.Where(slice => slice.By != "source" || all.Slices.Count(other => other.By == "source") > 1)];
        page.Append("<div class=\"charts\">");
        var first = new[] { new IntervalRow("all pairs", all.Accuracy, all.AccuracyInterval) };
        IntervalChart.Draw(
            page,
            "Accuracy of all, by kind of interval",
            "accuracy",
            [
                .. first,
                .. eval.IntervalByPrompt is { } byPrompt ? new[] { new IntervalRow("all, by prompt group", all.Accuracy, byPrompt) } : [],
            ],
            0.4,
            1,
            0.5,
            PolicyLimit.Of(gate, "heldout_accuracy")
        );
        foreach (var by in slices.GroupBy(slice => slice.By))
            IntervalChart.Draw(
                page,
                $"Accuracy by {Words.Of(by.Key)}",
                "accuracy",
                by.OrderByDescending(slice => by.Key == "source" ? slice.Pairs : 0)
                    .Take(MostInChart)
                    .Select(slice => new IntervalRow(
                        $"{Words.Of(slice.Name)} ({Figure.Count(slice.Pairs)})",
                        slice.Accuracy,
                        slice.AccuracyInterval
                    )),
                0.4,
                1,
                0.5
            );
        page.Append("</div>\n");
        HtmlTable.WriteSome(
            page,
            "Accuracy, loss and margins",
            [
                "pairs of",
                "pairs#",
                "accuracy#",
                "95 % interval#",
                "ties#",
                "loss#",
                "margin mean#",
                "margin std#",
                "reward mean#",
                "reward std#",
            ],
            [("all", all), .. slices.Select(slice => ($"{Words.Of(slice.By)}: {Words.Of(slice.Name)}", (PairFigures)slice))],
            MostSlices,
            EvalEvidence.FileName,
            row => Row(row.Item1, row.Item2)
        );
        HtmlTable.Write(
            page,
            "Accuracy by what a tie counts",
            ["a tie is", "accuracy#"],
            new (string Name, TiePolicy Policy)[]
            {
                ("half right", TiePolicy.Half),
                ("wrong", TiePolicy.Wrong),
                ("right", TiePolicy.Right),
                ("left out", TiePolicy.Dropped),
            }.Select(tie => (IReadOnlyList<Cell>)[tie.Name, Figure.Number(all.AccuracyWith(tie.Policy))])
        );
    }

    public static IReadOnlyList<Cell> Row(string name, PairFigures figures) =>
        [
            name,
            Figure.Count(figures.Pairs),
            Figure.Number(figures.Accuracy),
            Figure.Of(figures.AccuracyInterval),
            Figure.Count(figures.Ties),
            Figure.Number(figures.Loss),
            Figure.Number(figures.MarginMean),
            Figure.Number(figures.MarginStd),
            Figure.Number(figures.RewardMean),
            Figure.Number(figures.RewardStd),
        ];
}
