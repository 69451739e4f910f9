using System.Globalization;
using System.Text;
using Assay.Data.Checking;
using Assay.Report.Charts;

namespace Assay.Report;

/// <summary>Draws a <see cref="CheckReport"/> as one HTML file that needs nothing else: no script, no font, no picture from anywhere.</summary>
public static class CheckPage
{
    /// <summary>The page.</summary>
    public static string Render(CheckReport report)
    {
        var page = HtmlPage.Begin("Assay check");
        page.Append("<main id=\"content\"><h1>Preference pairs: what the check found</h1>");
        Table(page, "Files", ["file", "container", "format", "rows#"], report.Files.Select(file => new[] { file.Path, file.Container, file.RowFormat, N(file.RowCount) }));
        foreach (var rule in report.Files.Select(file => $"{file.RowFormat}: {file.Rule}").Distinct()) page.Append("<p>").Append(E(rule)).Append("</p>");
        page.Append(CultureInfo.InvariantCulture, $"<p><b>{N(report.ItemCount)}</b> = <b class=\"kept\">{N(report.KeptCount)} kept</b> + <b class=\"review\">{N(report.ReviewCount)} for review</b> + <b class=\"quarantine\">{N(report.QuarantineCount)} in quarantine</b>, from {N(report.RowCount)} rows.</p>");
        foreach (var warning in report.Warnings) page.Append("<p class=\"warning\">").Append(E(warning)).Append("</p>");
        Reasons(page, report);
        page.Append("<h2>By source</h2>");
        Table(page, "Pairs by source", ["source", "kept#", "review#", "quarantine#", "chosen longer#", "first won#"], report.Sources.Select(source => new[] { source.Source, N(source.Kept), N(source.Review), N(source.Quarantine), P(source.ChosenLonger), P(source.FirstWon) }));
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
        HtmlTable.Write(page, "Reasons", ["reason", "goes to", "rows#", "meaning"],
            report.Reasons.Select(reason => (IReadOnlyList<Cell>)[Cell.Code(reason.Code), Cell.Marked(reason.Status, reason.Status), N(reason.Count), reason.Meaning]));
    }

    private static void Lengths(StringBuilder page, LengthStatistics lengths)
    {
        if (lengths.PairCount == 0) return;
        page.Append(CultureInfo.InvariantCulture, $"<h2>Lengths</h2><p>Of {N(lengths.PairCount)} usable pairs the chosen answer is longer in {P(lengths.ChosenLongerShare)}, equal in {P((double)lengths.EqualCount / lengths.PairCount)}. Mean length: chosen {lengths.ChosenMean:0} characters, rejected {lengths.RejectedMean:0}.</p>");
        Histogram(page, "Prompt", lengths.PromptHistogram);
        Histogram(page, "Chosen", lengths.ChosenHistogram);
        Histogram(page, "Rejected", lengths.RejectedHistogram);
    }

    private static void Histogram(StringBuilder page, string title, IReadOnlyList<long> bins) =>
        BarChart.Draw(page, title, "characters, from", [.. bins.Select((count, i) => (i == 0 ? "0" : i <= 10 ? $"{1 << i - 1}" : i <= 20 ? $"{1 << i - 11}k" : $"{1 << i - 21}M", count))]);

    private static void Measures(StringBuilder page, CheckReport report)
    {
        if (report.Votes is { } votes)
        {
            page.Append("<h2>Votes</h2>");
            Table(page, "Votes", ["rows with votes#", "votes#", "unanimous rows#", "ties#", "abstentions#", "mean chosen share#", "two votes agree#"],
                [[N(votes.RowCount), N(votes.VoteCount), N(votes.UnanimousCount), N(votes.TieVoteCount), N(votes.AbstainCount), P(votes.MeanChosenShare), P(votes.PairwiseAgreement)]]);
        }
        RepeatedPairStatistics repeated = report.RepeatedPairs;
        page.Append("<h2>Repeated pairs</h2>");
        Table(page, "Repeated pairs", ["pairs#", "rows#", "with both winners#", "labels that differ#", "accuracy ceiling#"],
            [[N(repeated.PairCount), N(repeated.RowCount), N(repeated.ContradictoryPairCount), P(repeated.DisagreementShare), P(repeated.AccuracyCeiling)]]);
        if (report.Baselines is { } baselines)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>What needs no understanding</h2><p>{baselines.FoldCount} folds by prompt over {N(baselines.PairCount)} pairs; 95 % intervals.</p>");
            Table(page, "Accuracy without understanding", ["baseline", "accuracy#", "from#", "to#"],
                new (string Name, Accuracy Value)[] { ("length alone", baselines.LengthOnly), ("words alone", baselines.BagOfWords) }.Select(row => new[] { row.Name, P(row.Value.Value), P(row.Value.Low), P(row.Value.High) }));
        }
        if (report.Generators.Count > 0)
        {
            page.Append("<h2>By generator</h2>");
            Table(page, "Answers by generator", ["generator", "chosen#", "rejected#", "wins#"], report.Generators.Take(50).Select(row => new[] { row.Generator, N(row.Chosen), N(row.Rejected), P((double)row.Chosen / Math.Max(1, row.Chosen + row.Rejected)) }));
        }
        if (report.Annotators.Count > 0)
        {
            page.Append("<h2>By annotator</h2>");
            Table(page, "Pairs by annotator", ["annotator", "pairs#", "chosen longer#", "first won#"], report.Annotators.Take(50).Select(row => new[] { row.Annotator, N(row.PairCount), P(row.ChosenLonger), P(row.FirstWon) }));
        }
    }

    private static void Examples(StringBuilder page, CheckReport report)
    {
        if (report.Examples.Count == 0) return;
        page.Append("<h2>Examples</h2>");
        foreach (ReasonExample example in report.Examples)
        {
            page.Append(CultureInfo.InvariantCulture, $"<details><summary><code>{E(example.Code)}</code> {E(example.File)}:{example.Line} {E(example.Detail)}</summary>");
            foreach (var (name, text) in new[] { ("prompt", example.Prompt), (example.Prompt is null ? "row" : "chosen", example.Chosen), ("rejected", example.Rejected) })
                if (text is not null) page.Append(name).Append("<pre>").Append(E(text)).Append("</pre>");
            page.Append("</details>");
        }
    }

    private static void Table(StringBuilder page, string caption, string[] headings, IEnumerable<string[]> rows) => HtmlTable.Write(page, caption, headings, rows.Select(row => (IReadOnlyList<Cell>)[.. row.Select(text => (Cell)text)]));

    private static string E(string text) => new StringBuilder().AppendText(text).ToString();

    private static string N(long value) => Figure.Count(value);

    private static string P(double? share) => Figure.Percent(share);
}
