using System.Text;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>What rewriting an answer does to its score, and whether equal texts get equal scores.</summary>
internal static class ProbeSection
{
    public static void Draw(StringBuilder page, AuditEvidence audit)
    {
        var probes = audit.Probes;
        page.AppendHtml($"<p>Each probe rewrites answers in one way. <b>{probes.Count(probe => probe.IsBroken)} of {probes.Count(probe => probe.Answers > 0)}</b> that found something to rewrite moved the score against what a sound model does, beyond the interval; they are marked ✗ broken, and drawn as crossed squares.</p><div class=\"charts\">");
        IntervalChart.Draw(page, "How far the score moves", "rewritten minus original score", probes.Select(probe => new IntervalRow($"{Words.Of(probe.Name)}: {Expected(probe)}", probe.MeanShift, probe.MeanShiftInterval, probe.IsBroken)), double.NaN, double.NaN, 0);
        IntervalChart.Draw(page, "How often it turns a pair that was right", "share of pairs turned", probes.Where(probe => probe.Pairs > 0).Select(probe => new IntervalRow(Words.Of(probe.Name), probe.FlippedShare, probe.FlippedInterval, probe.IsBroken)), 0, 0.2);
        page.Append("</div>\n");
        HtmlTable.Write(page, "Probes", ["probe", "verdict", "a sound score", "answers#", "mean shift#", "95 % interval#", "in std of scores#", "raised#", "raised, 95 %#", "pairs#", "turned#", "turned, 95 %#", "not applicable#", "rows to look at"],
            probes.Select(probe => (IReadOnlyList<Cell>)[
                Words.Of(probe.Name), probe.Answers == 0 ? Cell.Marked("? not measured", "open") : Verdicts.Holds(!probe.IsBroken, "holds", "broken"), Expected(probe), Figure.Count(probe.Answers), Figure.Signed(probe.MeanShift), Figure.Of(probe.MeanShiftInterval), Figure.Signed(probe.StandardisedShift),
                Figure.Number(probe.RaisedShare), Figure.Of(probe.RaisedInterval), Figure.Count(probe.Pairs), Figure.Number(probe.FlippedShare), Figure.Of(probe.FlippedInterval), Figure.Count(probe.NotApplicable), GateSection.Rows(probe.ExampleRows)]));
        page.Append("<details><summary>What each probe does</summary><ul>");
        foreach (var probe in probes) page.AppendHtml($"<li><b>{Words.Of(probe.Name)}</b>: {probe.Description}</li>");
        page.Append("</ul></details>\n");
        foreach (var note in audit.Notes) page.AppendHtml($"<p class=\"note\">{note}</p>");
    }

    public static void DrawSelfTests(StringBuilder page, AuditEvidence audit) =>
        HtmlTable.Write(page, "Self-tests", ["test", "verdict", "scores compared#", "largest difference#", "allowed#", "what was compared"],
            audit.SelfTests.Select(test => (IReadOnlyList<Cell>)[Words.Of(test.Name), Verdicts.Holds(test.Passed, "passed", "failed"), Figure.Count(test.Compared), Small(test.LargestDifference), Small(test.Tolerance), test.Description]));

    private static string Small(double value) => value == 0 ? "0" : value.ToString("0.##e0", System.Globalization.CultureInfo.InvariantCulture);

    private static string Expected(ProbeResult probe) => probe.Expectation switch { ProbeExpectation.NotRise => "must not rise", ProbeExpectation.Fall => "must fall", _ => "must not move" };
}
