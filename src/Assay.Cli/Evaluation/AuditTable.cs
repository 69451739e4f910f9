using System.Globalization;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Ground.Numerics;

namespace Assay.Cli.Evaluation;

/// <summary>
/// The figures of <c>assay audit</c> for people: a table for each part, eighty columns wide at most, and at the end what they hold against
/// the model.
/// </summary>
internal static class AuditTable
{
    public static void Print(AuditEvidence evidence, string? folder)
    {
        if (evidence.Length is { } length)
            Length(length);
        if (evidence.Style is { } style)
            Style(style);
        if (evidence.Baselines is { } baselines)
            Console.WriteLine(
                $"Without understanding, on {baselines.Pairs} pairs: length alone {Terminal.Share(baselines.LengthOnly)}, words alone {Terminal.Share(baselines.BagOfWords)}; the model {Terminal.Share(baselines.Model)} ({Range(baselines.ModelInterval)})."
            );
        if (evidence.Probes.Count > 0)
            Probes(evidence);
        if (evidence.SelfTests.Count > 0)
            SelfTests(evidence.SelfTests);
        if (evidence.SetAside.Count > 0)
            Console.WriteLine(
                $"Set aside, {evidence.SetAside.Values.Sum()} rows: {string.Join(", ", evidence.SetAside.Select(entry => $"{entry.Key} {entry.Value}"))}"
            );
        foreach (var note in evidence.Notes)
            Console.WriteLine($"Not measured: {note}");
        Console.WriteLine();
        Console.WriteLine(evidence.Findings.Count == 0 ? "Nothing that was measured speaks against the model." : "Against the model:");
        foreach (var finding in evidence.Findings)
            Console.WriteLine($"- {finding.Sentence}");
        if (folder is null)
            return;
        Console.WriteLine();
        Console.WriteLine(
            $"Written to {folder}: {AuditEvidence.FileName}{(evidence.Probes.Count > 0 ? $", {ProbeExample.FileName}" : "")}"
        );
    }

    private static void Length(LengthAudit audit)
    {
        var table = new ResultTable("length", "#pairs", "#accuracy", "#95 %");
        Row("chosen longer", audit.ChosenLonger, audit.AccuracyWhenChosenLonger);
        Row("chosen shorter", audit.ChosenShorter, audit.AccuracyWhenChosenShorter);
        foreach (var matched in audit.Matched)
            Row($"matched within {Text(matched.Limit, "0.00")}", matched.Pairs, matched.Accuracy);
        foreach (var bucket in audit.ByRatio)
            Row($"chosen/rejected {bucket.Name}", bucket.Pairs, bucket.Accuracy);
        Terminal.Print(table);
        Console.WriteLine(
            $"The longer answer is preferred by people in {Terminal.Share(audit.LabelPrefersLonger)} and by the model in {Terminal.Share(audit.ModelPrefersLonger)} of the pairs of unequal length."
        );
        Console.WriteLine(
            $"Score margin and log length ratio: rank correlation {Text(audit.Spearman.Coefficient, "0.000")} (given the label: both are chosen minus rejected)."
        );
        if (audit.ScoreAndLength is { } fit)
            Console.WriteLine(
                $"People's preference, log-odds: {Text(fit.Coefficients[0], "0.000")} per point of margin (z {Text(fit.Z[0], "0.0")}), {Text(fit.Coefficients[1], "0.000")} per e-fold of length (z {Text(fit.Z[1], "0.0")})."
            );
        else
            Console.WriteLine($"No regression of preference on margin and length: {audit.RegressionNote}");

        void Row(string name, long pairs, double accuracy) =>
            table.Add(name, $"{pairs}", Share(accuracy), pairs == 0 ? "-" : Range(ProportionInterval.Wilson(accuracy * pairs, pairs)));
    }

    private static void Style(StyleAudit audit)
    {
        var table = new ResultTable("style", "#pairs", "#more", "#less", "#gap", "#95 %", "#partial").Dispensing("partial", "pairs");
        foreach (var feature in audit.Features.Where(feature => feature.UnequalPairs > 0))
        {
            table.Add(
                feature.Feature,
                $"{feature.UnequalPairs}",
                Share(feature.AccuracyWhenChosenHasMore),
                Share(feature.AccuracyWhenChosenHasLess),
                Share(feature.AccuracyGap),
                Range(feature.AccuracyGapInterval),
                feature.WithMarginGivenLength is { } given ? Share(given.Coefficient) : "-"
            );
        }
        Terminal.Print(table);
        Console.WriteLine(
            "Accuracy where the preferred answer has more of it, and less; the gap is what the model pays beyond people's taste. Partial: rank correlation with the margin, given length."
        );
        if (audit.ModelOnStyle is { } fit)
            Console.WriteLine($"All features together explain the model's preference with McFadden R² {Text(fit.McFaddenR2, "0.000")}.");
        foreach (var note in audit.Notes)
            Console.WriteLine($"Not fitted: {note}");
    }

    private static void Probes(AuditEvidence evidence)
    {
        var table = new ResultTable("probe", "#answers", "#shift", "#95 %", "#raised", "#flipped", "?").Dispensing("raised", "answers");
        foreach (var kind in evidence.Probes.GroupBy(probe => probe.Expectation))
        {
            table.Add(
                kind.Key switch
                {
                    ProbeExpectation.NotRise => "must not rise",
                    ProbeExpectation.Fall => "must fall",
                    ProbeExpectation.Lose => "must lose",
                    ProbeExpectation.Bottom => "must be at the bottom",
                    _ => "must hardly move",
                }
            );
            foreach (var probe in kind)
            {
                var (value, interval) =
                    probe.Expectation == ProbeExpectation.NotMove
                        ? (probe.MeanMovement, probe.MeanMovementInterval)
                        : (probe.MeanShift, probe.MeanShiftInterval);
                table.Add(
                    probe.Name,
                    $"{probe.Answers}",
                    Share(value / probe.ScoreDeviation),
                    Range(new(interval.Low / probe.ScoreDeviation, interval.High / probe.ScoreDeviation)),
                    Share(probe.RaisedShare),
                    Share(probe.FlippedShare),
                    probe.IsBroken ? "broken" : ""
                );
            }
        }
        Terminal.Print(table);
        Console.WriteLine(
            $"Probed {evidence.ProbePairs} pairs. Shift: mean change of the score in its standard deviations (must hardly move: mean size of the change). Flipped: rightly ordered pairs lost to the rewritten worse answer; where the preferred answer alone is rewritten, those in which it scores no lower."
        );
        Keys([.. evidence.Probes.Where(probe => probe.Expectation == ProbeExpectation.Bottom && probe.Answers > 0)]);
        Ranks([.. evidence.Probes.Where(probe => probe.RankPairs > 0)]);
        Spreads([.. evidence.Probes.Where(probe => probe is { MeanStdRewritten: not null, Answers: > 0 })]);
        var tooLong = evidence.Probes.Sum(probe => probe.TooLong);
        if (tooLong > 0)
            Console.WriteLine($"{tooLong} rewritten answers were over the model's length and left out.");
        var refused = evidence.Probes.Sum(probe => probe.Refused);
        if (refused > 0)
            Console.WriteLine($"{refused} rewritten answers were refused by the scorer and left out.");
    }

    private static void Keys(IReadOnlyList<ProbeResult> keys)
    {
        if (keys.Count == 0)
            return;
        var table = new ResultTable("text without content", "#answers", "#mean percentile", "#95 %");
        foreach (var probe in keys)
            table.Add(
                probe.Name,
                $"{probe.Answers}",
                Text(probe.MeanPercentile, "0.0"),
                $"{Text(probe.MeanPercentileInterval.Low, "0.0")} to {Text(probe.MeanPercentileInterval.High, "0.0")}"
            );
        Terminal.Print(table);
        Console.WriteLine(
            $"Percentile among the scores of the probed answers; a sound model puts such a text below {ProbeResult.BottomPercentile}."
        );
    }

    private static void Ranks(IReadOnlyList<ProbeResult> probes)
    {
        if (probes.Count == 0)
            return;
        var table = new ResultTable("both answers rewritten", "#pairs", "#rank flips", "#95 %");
        foreach (var probe in probes)
            table.Add(probe.Name, $"{probe.RankPairs}", Share(probe.RankFlippedShare), Range(probe.RankFlippedInterval));
        Terminal.Print(table);
        Console.WriteLine("Rank flips: share of pairs, right or wrong, that lose their order when both answers are rewritten alike.");
    }

    private static void Spreads(IReadOnlyList<ProbeResult> probes)
    {
        if (probes.Count == 0)
            return;
        var table = new ResultTable("disagreement", "#of originals", "#of rewritten", "#ratio");
        foreach (var probe in probes)
            table.Add(
                probe.Name,
                Share(probe.MeanStdOriginal!.Value),
                Share(probe.MeanStdRewritten!.Value),
                Text(probe.MeanStdRewritten.Value / probe.MeanStdOriginal.Value, "0.00")
            );
        Terminal.Print(table);
        Console.WriteLine(
            "Mean standard deviation of the score over the ensemble's members; above 1 the members disagree more on rewritten answers than on those of the data."
        );
    }

    private static void SelfTests(IReadOnlyList<SelfTestResult> tests)
    {
        var table = new ResultTable("self-test", "#scores", "#largest difference", "#allowed", "?");
        foreach (var test in tests)
            table.Add(
                test.Name,
                $"{test.Compared}",
                Text(test.LargestDifference, "0.0e+0"),
                Text(test.Tolerance, "0.0e+0"),
                test.Passed ? "held" : "failed"
            );
        Terminal.Print(table);
    }

    private static string Range(Interval interval) => double.IsNaN(interval.Low) ? "-" : $"{Share(interval.Low)} to {Share(interval.High)}";

    private static string Share(double value) => double.IsNaN(value) ? "-" : Text(value, "0.000");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
