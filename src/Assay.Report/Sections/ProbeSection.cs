using System.Globalization;
using System.Text;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Ground.Numerics;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>What rewriting an answer does to its score, and whether equal texts get equal scores.</summary>
internal static class ProbeSection
{
    private const int LongestExample = 700;

    public static void Draw(StringBuilder page, AuditEvidence audit, GateEvidence? gate, IReadOnlyDictionary<string, ProbeExample> examples)
    {
        var probes = audit.Probes;
        ProbeResult[] judged = [.. probes.Where(IsJudged)];
        page.AppendHtml(
            $"<p>Each probe rewrites answers in one way. <b>{probes.Count(probe => probe.IsBroken)} of {judged.Length}</b> that could be judged moved the score against what a sound model does, beyond the interval; they are marked ✗ broken, and drawn as crossed squares. Shifts are in standard deviations of the scores that the probed answers had before."
        );
        if (judged.Length < probes.Count)
            page.AppendHtml(
                $" {probes.Count - judged.Length} found answers to rewrite in fewer than {ProbeResult.MinPrompts} prompts (or none): too few to say anything, so they are not drawn."
            );
        page.Append("</p><div class=\"charts\">");
        IntervalChart.Draw(
            page,
            "How far the score moves",
            "rewritten minus original score, in standard deviations",
            judged
                .Where(probe => !IsMovement(probe) && !IsKey(probe))
                .Select(probe => new IntervalRow(
                    $"{Words.Of(probe.Name)}: {Expected(probe)}",
                    In(probe, probe.MeanShift),
                    In(probe, probe.MeanShiftInterval),
                    probe.IsBroken
                )),
            double.NaN,
            double.NaN,
            0
        );
        IntervalChart.Draw(
            page,
            "How far the score moves, whichever way",
            "size of the move, in standard deviations",
            judged
                .Where(IsMovement)
                .Select(probe => new IntervalRow(
                    $"{Words.Of(probe.Name)}: {Expected(probe)}",
                    In(probe, probe.MeanMovement),
                    In(probe, probe.MeanMovementInterval),
                    probe.IsBroken
                )),
            0,
            double.NaN
        );
        IntervalChart.Draw(
            page,
            "Where a text without content stands",
            "mean percentile among the answers’ scores",
            judged
                .Where(IsKey)
                .Select(probe => new IntervalRow(
                    $"{Words.Of(probe.Name)}: {Expected(probe)}",
                    probe.MeanPercentile,
                    probe.MeanPercentileInterval,
                    probe.IsBroken
                )),
            0,
            100,
            ProbeResult.BottomPercentile
        );
        IntervalChart.Draw(
            page,
            "How often it turns a pair that was right",
            "share of pairs turned",
            judged
                .Where(probe => probe.Pairs > 0)
                .Select(probe => new IntervalRow(Words.Of(probe.Name), probe.FlippedShare, probe.FlippedInterval, probe.IsBroken)),
            0,
            0.2,
            null,
            [.. judged.SelectMany(probe => PolicyLimit.Of(gate, "probe." + probe.Name)).DistinctBy(limit => limit.Value)]
        );
        page.Append("</div>\n");
        HtmlTable.Write(
            page,
            "Probes",
            [
                "probe",
                "verdict",
                "a sound score",
                "answers#",
                "prompts#",
                "not applicable#",
                "mean shift, std#",
                "95 % interval#",
                "mean move either way, std#",
                "move, 95 %#",
            ],
            probes.Select(probe =>
                (IReadOnlyList<Cell>)
                    [
                        Words.Of(probe.Name),
                        Verdict(probe),
                        Expected(probe),
                        Figure.Count(probe.Answers),
                        Figure.Count(probe.Prompts),
                        Figure.Count(probe.NotApplicable),
                        Figure.Signed(In(probe, probe.MeanShift)),
                        Figure.Of(In(probe, probe.MeanShiftInterval)),
                        probe.Answers == 0 ? Figure.Undefined : Figure.Number(In(probe, probe.MeanMovement)),
                        probe.Answers == 0 ? Figure.Undefined : Figure.Of(In(probe, probe.MeanMovementInterval)),
                    ]
            )
        );
        HtmlTable.Write(
            page,
            "Scores raised and pairs turned by probes",
            ["probe", "raised#", "raised, 95 %#", "pairs#", "turned#", "turned, 95 %#", "rows to look at"],
            probes.Select(probe =>
                (IReadOnlyList<Cell>)
                    [
                        Words.Of(probe.Name),
                        Figure.Number(probe.RaisedShare),
                        Figure.Of(probe.RaisedInterval),
                        Figure.Count(probe.Pairs),
                        Figure.Number(probe.FlippedShare),
                        Figure.Of(probe.FlippedInterval),
                        GateSection.Rows(probe.ExampleRows),
                    ]
            )
        );
        Examples(
            page,
            [.. probes.Where(probe => probe.IsBroken && examples.ContainsKey(probe.Name)).Select(probe => (probe, examples[probe.Name]))]
        );
        page.Append("<details><summary>What each probe does</summary><ul>");
        foreach (var probe in probes)
            page.AppendHtml($"<li><b>{Words.Of(probe.Name)}</b>: {probe.Description}</li>");
        page.Append("</ul></details>\n");
        foreach (var note in audit.Notes)
            page.AppendHtml($"<p class=\"note\">{note}</p>");
    }

    private static void Examples(StringBuilder page, IReadOnlyList<(ProbeResult Probe, ProbeExample Example)> examples)
    {
        if (examples.Count == 0)
            return;
        page.Append("<h3>An answer for each broken probe, as it was rewritten</h3>\n");
        foreach (var (probe, example) in examples)
        {
            page.AppendHtml(
                $"<details><summary>{Words.Of(probe.Name)}, row {example.Row.ToString(CultureInfo.InvariantCulture)}, the {(example.Side == "chosen" ? "preferred" : "rejected")} answer: score {Figure.Number(example.Original)} before, {Figure.Number(example.Rewritten)} after ({Expected(probe)})</summary>"
            );
            page.AppendHtml(
                $"<div class=\"text\" dir=\"auto\">{(example.Text.Length <= LongestExample ? example.Text : example.Text[..LongestExample] + " …")}</div></details>\n"
            );
        }
    }

    private static bool IsKey(ProbeResult probe) => probe.Expectation == ProbeExpectation.Bottom;

    /// <summary>A shift in standard deviations of the original scores: the unit of the findings and of the terminal.</summary>
    private static double In(ProbeResult probe, double shift) => probe.ScoreDeviation > 0 ? shift / probe.ScoreDeviation : double.NaN;

    private static Interval In(ProbeResult probe, Interval interval) => new(In(probe, interval.Low), In(probe, interval.High));

    public static void DrawSelfTests(StringBuilder page, AuditEvidence audit) =>
        HtmlTable.Write(
            page,
            "Self-tests",
            ["test", "verdict", "scores compared#", "largest difference#", "allowed#", "what was compared"],
            audit.SelfTests.Select(test =>
                (IReadOnlyList<Cell>)
                    [
                        Words.Of(test.Name),
                        Verdicts.Holds(test.Passed, "passed", "failed"),
                        Figure.Count(test.Compared),
                        Small(test.LargestDifference),
                        Small(test.Tolerance),
                        test.Description,
                    ]
            )
        );

    /// <summary>
    /// Whether there were prompts enough to call it broken or not: only such a probe holds, and only such are counted. One that is called
    /// broken is never left out.
    /// </summary>
    public static bool IsJudged(ProbeResult probe) => probe.IsBroken || probe.Prompts >= ProbeResult.MinPrompts;

    private static Cell Verdict(ProbeResult probe) =>
        probe.Answers == 0 ? Cell.Marked("? not measured", "open")
        : IsJudged(probe) ? Verdicts.Holds(!probe.IsBroken, "holds", "broken")
        : Cell.Marked("? too few", "open");

    // What must not move is judged by how far it moves, not by where to: shifts up and down would hide each other.
    private static bool IsMovement(ProbeResult probe) => probe.Expectation == ProbeExpectation.NotMove;

    private static string Small(double value) => value == 0 ? "0" : value.ToString("0.##e0", CultureInfo.InvariantCulture);

    private static string Expected(ProbeResult probe) =>
        probe.Expectation switch
        {
            ProbeExpectation.NotRise => "must not rise",
            ProbeExpectation.Fall => "must fall",
            ProbeExpectation.Lose => "must lose",
            ProbeExpectation.Bottom => "must be at the bottom",
            _ => "must not move",
        };
}
