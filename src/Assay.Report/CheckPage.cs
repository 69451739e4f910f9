using System.Globalization;
using System.Text;
using Assay.Data.Agreement;
using Assay.Data.Checking;
using Assay.Report.Charts;

namespace Assay.Report;

/// <summary>
/// Draws a <see cref="CheckReport"/> as one HTML file that needs nothing else: no script, no font, no picture from anywhere.
/// </summary>
public static class CheckPage
{
    private const int MostNames = 50;

    /// <summary>The page.</summary>
    public static string Render(CheckReport report)
    {
        var page = HtmlPage.Begin("Assay check");
        page.Append("<main id=\"content\"><h1>Preference pairs: what the check found</h1>");
        Table(
            page,
            "Files",
            ["file", "container", "format", "rows#"],
            report.Files.Select(file => new[] { file.Path, file.Container, file.RowFormat, N(file.RowCount) })
        );
        foreach (var rule in report.Files.Select(file => $"{file.RowFormat}: {file.Rule}").Distinct())
            page.Append("<p>").Append(E(rule)).Append("</p>");
        page.Append(
            CultureInfo.InvariantCulture,
            $"<p><b>{N(report.ItemCount)}</b> = <b class=\"kept\">{N(report.KeptCount)} kept</b> + <b class=\"review\">{N(report.ReviewCount)} for review</b> + <b class=\"quarantine\">{N(report.QuarantineCount)} in quarantine</b>, from {N(report.RowCount)} rows.</p>"
        );
        foreach (var warning in report.Warnings)
            page.Append("<p class=\"warning\">").Append(E(warning)).Append("</p>");
        Reasons(page, report);
        page.Append("<h2>By source</h2>");
        Table(
            page,
            "Pairs by source",
            ["source", "kept#", "review#", "quarantine#", "chosen longer#", "first won#"],
            report.Sources.Select(source =>
                new[] { source.Source, N(source.Kept), N(source.Review), N(source.Quarantine), P(source.ChosenLonger), P(source.FirstWon) }
            )
        );
        Lengths(page, report.Lengths);
        Measures(page, report);
        Examples(page, report);
        return HtmlPage.End(page.Append("</main>"));
    }

    private static void Reasons(StringBuilder page, CheckReport report)
    {
        page.Append("<h2>By reason</h2>");
        if (report.Reasons.Count == 0)
        {
            page.Append("<p>Nothing was found.</p>");
            return;
        }
        HtmlTable.Write(
            page,
            "Reasons",
            ["reason", "goes to", "rows#", "meaning"],
            report.Reasons.Select(reason =>
                (IReadOnlyList<Cell>)[Cell.Code(reason.Code), Cell.Marked(reason.Status, reason.Status), N(reason.Count), reason.Meaning]
            )
        );
    }

    private static void Lengths(StringBuilder page, LengthStatistics lengths)
    {
        if (lengths.PairCount == 0)
            return;
        page.Append(
            CultureInfo.InvariantCulture,
            $"<h2>Lengths</h2><p>Of {N(lengths.PairCount)} usable pairs the chosen answer is longer in {P(lengths.ChosenLongerShare)}, equal in {P((double)lengths.EqualCount / lengths.PairCount)}. Mean length: chosen {lengths.ChosenMean:0} characters, rejected {lengths.RejectedMean:0}.</p>"
        );
        Histogram(page, "Prompt", lengths.PromptHistogram);
        Histogram(page, "Chosen", lengths.ChosenHistogram);
        Histogram(page, "Rejected", lengths.RejectedHistogram);
    }

    private static void Histogram(StringBuilder page, string title, IReadOnlyList<long> bins) =>
        BarChart.Draw(
            page,
            title,
            "characters, from",
            [
                .. bins.Select(
                    (count, i) =>
                        (
                            i == 0 ? "0"
                            : i <= 10 ? $"{1 << i - 1}"
                            : i <= 20 ? $"{1 << i - 11}k"
                            : $"{1 << i - 21}M",
                            count
                        )
                ),
            ]
        );

    private static void Measures(StringBuilder page, CheckReport report)
    {
        if (report.Votes is { } votes)
        {
            page.Append("<h2>Votes</h2>");
            Table(
                page,
                "Votes",
                ["rows with votes#", "votes#", "unanimous rows#", "ties#", "abstentions#", "mean chosen share#"],
                [
                    [
                        N(votes.RowCount),
                        N(votes.VoteCount),
                        N(votes.UnanimousCount),
                        N(votes.TieVoteCount),
                        N(votes.AbstainCount),
                        P(votes.MeanChosenShare),
                    ],
                ]
            );
        }
        if (report.Agreement is { } agreement)
            Agreement(page, agreement);
        var repeated = report.RepeatedPairs;
        page.Append("<h2>Repeated pairs</h2>");
        Table(
            page,
            "Repeated pairs",
            ["pairs#", "rows#", "with both winners#", "labels that differ#", "accuracy ceiling#"],
            [
                [
                    N(repeated.PairCount),
                    N(repeated.RowCount),
                    N(repeated.ContradictoryPairCount),
                    P(repeated.DisagreementShare),
                    P(repeated.AccuracyCeiling),
                ],
            ]
        );
        if (report.Baselines is { } baselines)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<h2>What needs no understanding</h2><p>{baselines.FoldCount} folds by prompt over {N(baselines.PairCount)} pairs; 95 % intervals.</p>"
            );
            Table(
                page,
                "Accuracy without understanding",
                ["baseline", "accuracy#", "from#", "to#"],
                new (string Name, Accuracy Value)[]
                {
                    ("length alone", baselines.LengthOnly),
                    ("words alone", baselines.BagOfWords),
                }.Select(row => new[] { row.Name, P(row.Value.Value), P(row.Value.Low), P(row.Value.High) })
            );
        }
        if (report.Generators.Count > 0)
        {
            page.Append("<h2>By generator</h2>");
            Table(
                page,
                "Answers by generator",
                ["generator", "chosen#", "rejected#", "wins#", "chosen longer#", "first won#", "shown first#"],
                report
                    .Generators.Take(MostNames)
                    .Select(row =>
                        new[]
                        {
                            row.Generator,
                            N(row.Chosen),
                            N(row.Rejected),
                            P((double)row.Chosen / Math.Max(1, row.Chosen + row.Rejected)),
                            P(row.ChosenLonger),
                            P(row.FirstWon),
                            P(row.ShownFirst),
                        }
                    )
            );
            Rest(page, report.Generators.Count);
        }
        if (report.Annotators.Count > 0)
        {
            page.Append("<h2>By annotator</h2>");
            page.Append("<p>").Append(E(NamesOf(report))).Append(" Intervals are Wilson’s at 95 %.</p>");
            Table(
                page,
                "Pairs by annotator",
                [
                    "annotator",
                    "pairs#",
                    "votes#",
                    "ties#",
                    "says what the others say#",
                    "mean kappa#",
                    "error rate#",
                    "prefers longer#",
                    "prefers first#",
                ],
                report
                    .Annotators.Take(MostNames)
                    .Select(row =>
                        new[]
                        {
                            row.Annotator,
                            N(row.PairCount),
                            N(row.VoteCount),
                            P(row.TieShare),
                            P(row.AgreesWithOthers),
                            F(row.MeanKappa),
                            P(row.ErrorRate),
                            P(row.Longer),
                            P(row.First),
                        }
                    )
            );
            Rest(page, report.Annotators.Count);
        }
    }

    private static string NamesOf(CheckReport report) =>
        report.Agreement is { AnnotatorsAre: "places" }
            ? "No vote carries a name: #1 is the first vote of each row, one person only if the file keeps their order."
        : report.Agreement is { UnnamedVoteCount: > 0 and var count } ? $"{N(count)} votes without a name are not in this table."
        : "By their own votes, where a row keeps none by its label.";

    private static void Agreement(StringBuilder page, AgreementStatistics agreement)
    {
        page.Append("<h2>Agreement</h2>");
        Table(
            page,
            "Agreement of votes",
            ["measure", "value#", "from#", "to#"],
            [
                ["two votes on one row agree", F(agreement.Percent), "", ""],
                .. new (string Name, AgreementCoefficient Value)[]
                {
                    ("Fleiss’ kappa", agreement.FleissKappa),
                    ("Krippendorff’s alpha", agreement.KrippendorffAlpha),
                    ("Gwet’s AC1", agreement.GwetAc1),
                }.Select(row =>
                    new[]
                    {
                        row.Name,
                        row.Value.Value is null ? row.Value.Undefined ?? "–" : F(row.Value.Value),
                        F(row.Value.Low),
                        F(row.Value.High),
                    }
                ),
            ]
        );
        page.Append(
            CultureInfo.InvariantCulture,
            $"<p>Over {N(agreement.PairedRowCount)} rows with two votes or more, {E(agreement.OrderInWords)}. Intervals are at 95 %.</p>"
        );
        if (agreement.DawidSkene is { } model)
            page.Append(
                CultureInfo.InvariantCulture,
                $"<p>Dawid and Skene’s model of who errs how, over {N(model.RowCount)} rows: the votes make another label more probable than the row’s own in {N(model.ContradictedCount)}.</p>"
            );
        if (agreement.DawidSkene is { ContradictedCount: > 0 } found)
            Table(
                page,
                "Rows whose votes contradict their label",
                ["row", "votes say", "probability#", "of the row’s own label#"],
                found
                    .Contradicted.Take(20)
                    .Select(row => new[] { $"{row.File}:{row.Line}", row.Label, F(row.Probability), F(row.ChosenProbability) })
            );
        page.Append("<h3>How rows were voted on</h3>");
        Table(
            page,
            "Votes by pattern",
            ["chosen#", "rejected#", "tie#", "abstain#", "chosen share#", "votes say", "rows#"],
            agreement
                .Patterns.Take(20)
                .Select(row =>
                    new[]
                    {
                        N(row.Chosen),
                        N(row.Rejected),
                        N(row.Tie),
                        N(row.Abstain),
                        row.ChosenShare.ToString("0.00", CultureInfo.InvariantCulture),
                        row.Status.Replace('_', ' '),
                        N(row.RowCount),
                    }
                )
        );
    }

    private static void Rest(StringBuilder page, int count)
    {
        if (count > MostNames)
            page.Append("<p>and ").Append(N(count - MostNames)).Append(" more, see report.json</p>");
    }

    private static void Examples(StringBuilder page, CheckReport report)
    {
        if (report.Examples.Count == 0)
            return;
        page.Append("<h2>Examples</h2>");
        foreach (var example in report.Examples)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<details><summary><code>{E(example.Code)}</code> {E(example.File)}:{example.Line} {E(example.Detail)}</summary>"
            );
            foreach (
                var (name, text) in new[]
                {
                    ("prompt", example.Prompt),
                    (example.Prompt is null ? "row" : "chosen", example.Chosen),
                    ("rejected", example.Rejected),
                }
            )
                if (text is not null)
                    page.Append(name).Append("<pre>").Append(E(text)).Append("</pre>");
            page.Append("</details>");
        }
    }

    private static void Table(StringBuilder page, string caption, string[] headings, IEnumerable<string[]> rows) =>
        HtmlTable.Write(page, caption, headings, rows.Select(row => (IReadOnlyList<Cell>)[.. row.Select(text => (Cell)text)]));

    private static string E(string text) => new StringBuilder().AppendText(text).ToString();

    private static string N(long value) => Figure.Count(value);

    private static string P(double? share) => Figure.Percent(share);

    private static string F(double? value) => value is { } number ? number.ToString("0.0000", CultureInfo.InvariantCulture) : "–";

    private static string P(ShareEstimate? share) =>
        share is null
            ? "–"
            : string.Create(CultureInfo.InvariantCulture, $"{share.Value * 100:0.0} % ({share.Low * 100:0} to {share.High * 100:0})");
}
