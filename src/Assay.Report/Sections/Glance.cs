using System.Text;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Ground.Numerics;

namespace Assay.Report.Sections;

/// <summary>The handful of figures a reviewer asks for first, each with what it rests on.</summary>
internal static class Glance
{
    public static void Write(StringBuilder page, EvidenceSet evidence)
    {
        var figures = new List<(string Name, string Value, string Basis)>();
        void AddShare(string name, double value, Interval? interval, long count) =>
            figures.Add((name, Figure.Number(value), $"{Figure.Of(interval)}, {Figure.Count(count)} pairs"));
        if (evidence.Of<EvalEvidence>() is { } eval)
        {
            AddShare("accuracy", eval.Metrics.Accuracy, eval.Metrics.AccuracyInterval, eval.Metrics.Pairs);
            figures.Add(
                ("calibration error (ECE)", Figure.Number(eval.Calibration.EqualWidth.ExpectedCalibrationError), "ten bins of equal width")
            );
        }
        if (evidence.Of<AuditEvidence>() is { } audit)
        {
            foreach (var matched in audit.Length?.Matched.Take(1) ?? [])
                AddShare("accuracy, lengths alike", matched.Accuracy, matched.Interval, matched.Pairs);
            if (audit.Probes.Count > 0)
                figures.Add(
                    (
                        "probes that broke it",
                        $"{audit.Probes.Count(probe => probe.IsBroken)} of {audit.Probes.Count(ProbeSection.IsJudged)}",
                        string.Join(", ", audit.Probes.Where(probe => probe.IsBroken).Take(3).Select(probe => Words.Of(probe.Name)))
                    )
                );
            if (audit.SelfTests.Count > 0)
                figures.Add(
                    (
                        "self-tests passed",
                        $"{audit.SelfTests.Count(test => test.Passed)} of {audit.SelfTests.Count}",
                        "same text, same score"
                    )
                );
        }
        if (evidence.Of<FreshEvidence>() is { } fresh)
        {
            // The gate and the meaning take the intervals by prompt: a narrower one here would contradict them.
            string Range(Interval? byPrompt, Interval? plain) => byPrompt is null ? Figure.Of(plain) : $"{Figure.Of(byPrompt)} by prompt";
            if (fresh.HumanReviewed is { } reviewed)
                figures.Add(
                    (
                        "fresh accuracy, human labels",
                        Figure.Number(reviewed.Accuracy),
                        $"{Range(fresh.HumanReviewedIntervalByPrompt, reviewed.AccuracyInterval)}, {Figure.Count(reviewed.Pairs)} pairs"
                    )
                );
            else
                figures.Add(
                    (
                        "fresh accuracy, no human label",
                        Figure.Number(fresh.Fresh.Accuracy),
                        $"{Range(fresh.IntervalByPrompt, fresh.Fresh.AccuracyInterval)}, {Figure.Count(fresh.Fresh.Pairs)} pairs"
                    )
                );
            if (fresh.Static is not null)
                figures.Add(("gap, static minus fresh", Figure.Signed(fresh.Gap), Range(fresh.GapIntervalByPrompt, fresh.GapInterval)));
        }
        foreach (var benchmark in evidence.All<BenchmarkEvidence>())
            figures.Add(
                (
                    BenchmarkDescription.Of(benchmark.Report.Kind).Name,
                    Figure.Number(benchmark.Report.Score),
                    $"{Figure.Count(benchmark.Report.Rows)} rows{(double.IsNaN(benchmark.Report.Score) ? ", a part that the headline needs is missing" : "")}"
                )
            );
        if (figures.Count == 0)
            return;
        page.Append("<dl class=\"glance\">");
        foreach (var (name, value, basis) in figures)
            page.AppendHtml($"<div><dt>{name}</dt><dd>{value}<small>{basis}</small></dd></div>");
        page.Append("</dl>\n");
    }
}
