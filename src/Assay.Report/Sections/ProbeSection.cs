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
        ProbeResult[] judged = [.. probes.Where(IsJudged)];
        page.AppendHtml($"<p>Each probe rewrites answers in one way. <b>{probes.Count(probe => probe.IsBroken)} of {judged.Length}</b> that could be judged moved the score against what a sound model does, beyond the interval; they are marked ✗ broken, and drawn as crossed squares.");
        if (judged.Length < probes.Count) page.AppendHtml($" {probes.Count - judged.Length} found answers to rewrite in fewer than {ProbeResult.MinPrompts} prompts (or none): too few to say anything, so they are not drawn.");
        page.Append("</p><div class=\"charts\">");
        IntervalChart.Draw(page, "How far the score moves", "rewritten minus original score", judged.Where(probe => !IsMovement(probe)).Select(probe => new IntervalRow($"{Words.Of(probe.Name)}: {Expected(probe)}", probe.MeanShift, probe.MeanShiftInterval, probe.IsBroken)), double.NaN, double.NaN, 0);
        IntervalChart.Draw(page, "How far the score moves, whichever way", "size of the move, rewritten from original score", judged.Where(IsMovement).Select(probe => new IntervalRow($"{Words.Of(probe.Name)}: {Expected(probe)}", probe.MeanMovement, probe.MeanMovementInterval, probe.IsBroken)), 0, double.NaN);
        IntervalChart.Draw(page, "How often it turns a pair that was right", "share of pairs turned", judged.Where(probe => probe.Pairs > 0).Select(probe => new IntervalRow(Words.Of(probe.Name), probe.FlippedShare, probe.FlippedInterval, probe.IsBroken)), 0, 0.2);
        page.Append("</div>\n");
        HtmlTable.Write(page, "Probes", ["probe", "verdict", "a sound score", "answers#", "prompts#", "not applicable#", "mean shift#", "95 % interval#", "in std of scores#", "mean move, either way#", "move, 95 %#"],
            probes.Select(probe => (IReadOnlyList<Cell>)[
                Words.Of(probe.Name), Verdict(probe), Expected(probe), Figure.Count(probe.Answers), Figure.Count(probe.Prompts), Figure.Count(probe.NotApplicable), Figure.Signed(probe.MeanShift), Figure.Of(probe.MeanShiftInterval), Figure.Signed(probe.StandardisedShift),
                probe.Answers == 0 ? Figure.Undefined : Figure.Number(probe.MeanMovement), probe.Answers == 0 ? Figure.Undefined : Figure.Of(probe.MeanMovementInterval)]));
        HtmlTable.Write(page, "Scores raised and pairs turned by probes", ["probe", "raised#", "raised, 95 %#", "pairs#", "turned#", "turned, 95 %#", "rows to look at"],
            probes.Select(probe => (IReadOnlyList<Cell>)[
                Words.Of(probe.Name), Figure.Number(probe.RaisedShare), Figure.Of(probe.RaisedInterval), Figure.Count(probe.Pairs), Figure.Number(probe.FlippedShare), Figure.Of(probe.FlippedInterval), GateSection.Rows(probe.ExampleRows)]));
        page.Append("<details><summary>What each probe does</summary><ul>");
        foreach (var probe in probes) page.AppendHtml($"<li><b>{Words.Of(probe.Name)}</b>: {probe.Description}</li>");
        page.Append("</ul></details>\n");
        foreach (var note in audit.Notes) page.AppendHtml($"<p class=\"note\">{note}</p>");
    }

    public static void DrawSelfTests(StringBuilder page, AuditEvidence audit) =>
        HtmlTable.Write(page, "Self-tests", ["test", "verdict", "scores compared#", "largest difference#", "allowed#", "what was compared"],
            audit.SelfTests.Select(test => (IReadOnlyList<Cell>)[Words.Of(test.Name), Verdicts.Holds(test.Passed, "passed", "failed"), Figure.Count(test.Compared), Small(test.LargestDifference), Small(test.Tolerance), test.Description]));

    /// <summary>Whether there were prompts enough to call it broken or not: only such a probe holds, and only such are counted. One that is called broken is never left out.</summary>
    public static bool IsJudged(ProbeResult probe) => probe.IsBroken || probe.Prompts >= ProbeResult.MinPrompts;

    private static Cell Verdict(ProbeResult probe) => probe.Answers == 0 ? Cell.Marked("? not measured", "open") : IsJudged(probe) ? Verdicts.Holds(!probe.IsBroken, "holds", "broken") : Cell.Marked("? too few", "open");

    // What must not move is judged by how far it moves, not by where to: shifts up and down would hide each other.
    private static bool IsMovement(ProbeResult probe) => probe.Expectation == ProbeExpectation.NotMove;

    private static string Small(double value) => value == 0 ? "0" : value.ToString("0.##e0", System.Globalization.CultureInfo.InvariantCulture);

    private static string Expected(ProbeResult probe) => probe.Expectation switch { ProbeExpectation.NotRise => "must not rise", ProbeExpectation.Fall => "must fall", ProbeExpectation.Lose => "must lose", ProbeExpectation.Bottom => "must be at the bottom", _ => "must not move" };
}
