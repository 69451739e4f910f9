using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>The curves of the training run, its alarms and its closing figures.</summary>
internal static class TrainingSection
{
    /// <summary>ln 2: the loss of a model that knows nothing.</summary>
    private const double UntrainedLoss = 0.693147;

    private const int MostRows = 60,
        MostAlarms = 20;

    public static void Draw(StringBuilder page, TrainingRecord training)
    {
        if (training.State is not (null or "finished"))
            page.AppendHtml(
                $"<p class=\"warning\">The run's state is <b>{training.State}</b>: these are the curves as far as they go.</p>"
            );
        foreach (var alarm in training.Alarms.Take(MostAlarms))
            page.AppendHtml($"<p class=\"warning\"><b>Alarm</b> {alarm.Name ?? ""} at update {alarm.Step}: {alarm.Text}</p>");
        if (training.Alarms.Count > MostAlarms)
            page.AppendHtml($"<p class=\"note\">{training.Alarms.Count - MostAlarms} more alarms are in train_log.jsonl.</p>");
        LineSeries Trained(string title, string field) => Series(title, training.Log, field);
        LineSeries HeldOut(string field) => Series("held out", training.Evaluations, field);
        page.Append("<div class=\"charts\">");
        LineChart.Draw(page, "Loss", "update", [Trained("training", "loss"), HeldOut("eval_loss")], (UntrainedLoss, "ln 2, knows nothing"));
        LineChart.Draw(page, "Accuracy", "update", [Trained("training", "accuracy"), HeldOut("eval_accuracy")], (0.5, "a coin"));
        LineChart.Draw(page, "Margin, chosen minus rejected", "update", [Trained("training", "margin"), HeldOut("eval_margin")]);
        LineChart.Draw(
            page,
            "Reward",
            "update",
            [Trained("highest", "max_reward"), Trained("mean", "mean_reward"), Trained("lowest", "min_reward")]
        );
        LineChart.Draw(page, "Gradient norm", "update", [Trained("gradient norm", "grad_norm")]);
        LineChart.Draw(page, "Learning rate", "update", [Trained("learning rate", "learning_rate")]);
        page.Append("</div>\n");
        Rows(page, "Evaluations of the hold-out", training.Evaluations, ["eval_loss", "eval_accuracy", "eval_ties", "eval_margin"]);
        page.Append("<details><summary>The log as a table</summary>");
        Rows(
            page,
            "Training log",
            training.Log,
            ["loss", "accuracy", "margin", "grad_norm", "learning_rate", "min_reward", "mean_reward", "max_reward"]
        );
        page.Append("</details>\n");
        if (training.Summary.Count == 0)
            return;
        page.Append("<details><summary>Closing figures</summary>");
        HtmlTable.Write(
            page,
            "Closing figures",
            ["figure", "value#"],
            training.Summary.Select(entry => (IReadOnlyList<Cell>)[Cell.Code(entry.Key), Exact(entry.Value)])
        );
        page.Append("</details>\n");
    }

    private static LineSeries Series(string name, IReadOnlyList<LogPoint> points, string field) =>
        new(name, [.. points.Where(point => point.Values.ContainsKey(field)).Select(point => ((double)point.Step, point.Values[field]))]);

    private static void Rows(StringBuilder page, string caption, IReadOnlyList<LogPoint> points, string[] fields)
    {
        if (points.Count == 0)
            return;
        var every = (points.Count + MostRows - 1) / MostRows;
        string[] shown = [.. fields.Where(field => points.Any(point => point.Values.ContainsKey(field)))];
        HtmlTable.Write(
            page,
            every == 1 ? caption : $"{caption}, every {every}th line of train_log.jsonl and the last",
            ["update#", .. shown.Select(field => Words.Of(field) + "#")],
            points
                .Where((_, i) => i % every == 0 || i == points.Count - 1)
                .Select(point =>
                    (IReadOnlyList<Cell>)
                        [
                            Figure.Count(point.Step),
                            .. shown.Select(field =>
                                (Cell)(point.Values.TryGetValue(field, out var value) ? Exact(value) : Figure.Undefined)
                            ),
                        ]
                )
        );
    }

    /// <summary>
    /// Four decimals, or four digits where the figure is too small or too large for them (a learning rate, a count of tokens).
    /// </summary>
    private static string Exact(double value) =>
        value == 0 || Math.Abs(value) is >= 0.001 and < 1e5 ? Figure.Number(value)
        : value == Math.Round(value) && Math.Abs(value) < 1e15 ? Figure.Count((long)value)
        : value.ToString("0.###e0", System.Globalization.CultureInfo.InvariantCulture);
}
