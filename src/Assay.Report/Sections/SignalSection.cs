using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Process;
using Assay.Report.Charts;

namespace Assay.Report.Sections;

/// <summary>
/// What was measured of a judge, a verifier or a process reward model: each by its own figures, since none of them has another's loss or
/// scale.
/// </summary>
internal static class SignalSection
{
    /// <summary>Whether there is any of them.</summary>
    public static bool IsPresent(EvidenceSet evidence) =>
        evidence.Signal<JudgeEvidence>() is not null
        || evidence.Signal<MasterKeysEvidence>() is not null
        || evidence.Signal<VerifierEvidence>() is not null
        || evidence.Signal<ProcessReport>() is not null;

    public static void Draw(StringBuilder page, EvidenceSet evidence)
    {
        if (evidence.Signal<JudgeEvidence>() is { } judge)
            Judge(page, judge.Report);
        if (evidence.Signal<MasterKeysEvidence>() is { } keys)
            Keys(page, keys);
        if (evidence.Signal<VerifierEvidence>() is { } rule)
            Rule(page, rule);
        if (evidence.Signal<ProcessReport>() is { } process)
            Process(page, process);
    }

    private static void Judge(StringBuilder page, JudgeEvidence.Figures judge)
    {
        page.AppendHtml(
            $"<h3>Judge</h3><p>{Figure.Count(judge.Judged)} of {Figure.Count(judge.Pairs)} pairs got a verdict, in {Figure.Count(judge.Calls)} calls.</p><div class=\"charts\">"
        );
        List<IntervalRow> rows =
        [
            new("accuracy, ties half", judge.Accuracy, judge.AccuracyInterval),
            new("calls without a verdict", judge.NoVerdictRate, null),
        ];
        if (judge.Position is { } position)
        {
            rows.Add(new("first place named", position.FirstPlaceShare, judge.FirstPlaceInterval));
            rows.Add(new("same answer in both orders", position.Consistency, null));
        }
        if (double.IsFinite(judge.SelfConsistency))
            rows.Add(new("self-consistency", judge.SelfConsistency, null));
        IntervalChart.Draw(page, "The judge", "share", rows, 0, 1);
        page.Append("</div>\n");
    }

    private static void Keys(StringBuilder page, MasterKeysEvidence keys)
    {
        page.AppendHtml(
            $"<h3>Master keys</h3><p>Texts that answer nothing, against the preferred answers; {keys.MasterKeys.Count(key => key.Opens)} open the judge.</p>"
        );
        HtmlTable.Write(
            page,
            "Master keys",
            ["key", "pairs#", "wins#", "95 % interval#", "opens"],
            keys.MasterKeys.Select(key =>
                (IReadOnlyList<Cell>)
                    [
                        Words.Of(key.Name),
                        Figure.Count(key.Pairs),
                        Figure.Number(key.WinShare),
                        Figure.Of(key.Interval),
                        key.Opens ? "yes" : "no",
                    ]
            )
        );
    }

    private static void Rule(StringBuilder page, VerifierEvidence rule)
    {
        page.AppendHtml(
            $"<h3>Verifier {rule.Verifier}</h3><p>{Figure.Count(rule.Rows)} answers. Its errors are against the labels of the rows; an attack is a wrong answer that is made from the right one.</p>"
        );
        List<IReadOnlyList<Cell>> rows = [];
        if (rule.FalsePositive is { } positive)
            rows.Add(["wrong answers accepted", Figure.Count(positive.Rows), Figure.Number(positive.Rate), Figure.Of(positive.Interval)]);
        if (rule.FalseNegative is { } negative)
            rows.Add([
                "right answers not accepted",
                Figure.Count(negative.Rows),
                Figure.Number(negative.Rate),
                Figure.Of(negative.Interval),
            ]);
        foreach (var (name, share) in rule.Attacks ?? new Dictionary<string, double>())
            rows.Add([$"attack: {Words.Of(name)}", Figure.Count(rule.Attacked), Figure.Number(share), ""]);
        HtmlTable.Write(page, "Errors of the rule", ["error", "answers#", "share#", "95 % interval#"], rows);
    }

    private static void Process(StringBuilder page, ProcessReport process)
    {
        page.AppendHtml(
            $"<h3>Process reward model</h3><p>{Figure.Count(process.Steps)} judged steps of {Figure.Count(process.Solutions)} solutions, {Figure.Number(process.RightShare)} of them right; a step is called right from {Figure.Number(process.Threshold)} on. Intervals are over resampled solutions.</p>"
        );
        List<IReadOnlyList<Cell>> rows =
        [
            ["accuracy of steps", Figure.Number(process.Accuracy), Figure.Of(process.AccuracyInterval)],
            ["above one answer for all steps", Figure.Number(process.AboveMajority), Figure.Of(process.AboveMajorityInterval)],
            ["PRMBench score", Figure.Number(process.Bench.Score), Figure.Of(process.ScoreInterval)],
            ["area under the curve", Figure.Number(process.Auc), ""],
        ];
        if (process.FirstErrors is { } first)
        {
            rows.Add(["first errors found", Figure.Number(first.ErrorAccuracy), ""]);
            rows.Add(["right solutions without an alarm", Figure.Number(first.CorrectAccuracy), ""]);
        }
        foreach (var (name, area) in process.Aggregations)
            rows.Add([$"solutions by {name}, area under the curve", Figure.Number(area), ""]);
        HtmlTable.Write(page, "Steps", ["figure", "value#", "95 % interval#"], rows);
    }
}
