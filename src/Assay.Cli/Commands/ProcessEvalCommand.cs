using System.CommandLine;
using System.Globalization;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Process;
using Assay.Ground.Numerics;

namespace Assay.Cli.Commands;

/// <summary><c>assay process eval</c>: step scores made by any process reward model, judged.</summary>
internal static class ProcessEvalCommand
{
    private const string Examples = """
          assay process eval scored.jsonl                                  # {"step_scores": [0.9, 0.2], "labels": [true, false]}
          assay process eval processbench-scored.jsonl --tune-on dev.jsonl --output-dir evidence     # {"step_scores": […], "label": 3}
          assay process eval scored.jsonl --threshold 0.7 --json
        """;

    public static Command Create()
    {
        var input = new Argument<string>("scores")
        {
            Description =
                "JSON Lines, a solution each: step_scores (0 to 1), and labels (true, false, null or 1, 0, -1), label (ProcessBench) or error_steps (PRMBench); final_answer_correct where it is known.",
            HelpName = "FILE",
        };
        var threshold = new Option<double?>("--threshold")
        {
            Description = "A step is called right from this score on. Default 0.5.",
            HelpName = "NUMBER",
        };
        var tune = new Option<string?>("--tune-on")
        {
            Description = "Choose the threshold on another file of the same kind.",
            HelpName = "FILE",
        };
        var output = new Option<string?>("--output-dir") { Description = $"Write {ProcessReport.FileName}.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON object." };
        var command = new Command(
            "eval",
            "Judge step scores: PRMBench's and ProcessBench's figures with intervals, against calling every step right, and which way of making one number of the steps orders solutions best."
        )
        {
            input,
            threshold,
            tune,
            output,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            var from = parsed.GetRequiredValue(input);
            if (parsed.GetValue(threshold) is not null && parsed.GetValue(tune) is not null)
                throw new UsageException("--threshold and --tune-on both set the threshold: give one");
            if (parsed.GetValue(tune) is { } other && Place.IsSameFile(other, from))
                throw new UsageException("--tune-on is the file that is judged: a threshold that was chosen on it flatters the model");
            using var claim = parsed.GetValue(output) is { } folder
                ? OutputClaim.Files("process eval", folder, [ProcessReport.FileName], [from, parsed.GetValue(tune)], overwrite.Read(parsed))
                : null;
            var at = parsed.GetValue(tune) is { } dev ? ProcessReport.BestThreshold(StepRow.Read(dev)) : parsed.GetValue(threshold) ?? 0.5;
            var report = ProcessReport.Of(StepRow.Read(from), at) with
            {
                Subject = EvidenceSubject.OfScores(from, EvidenceInput.Of(from).Sha256),
            };
            var written = ReportFile.Write(report, parsed.GetValue(output), ProcessReport.FileName);
            if (parsed.GetValue(json))
                Terminal.PrintJson(written);
            else
                Print(report);
            return ExitCode.Success;
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static void Print(ProcessReport report)
    {
        ResultTable table = new("figure", "#value", "#95 % by solution", "~what");
        table.Add(
            "accuracy of steps",
            Share(report.Accuracy),
            Range(report.AccuracyInterval),
            $"{report.Steps} judged steps of {report.Solutions} solutions, {Share(report.RightShare)} right; right from {report.Threshold.ToString("0.00", CultureInfo.InvariantCulture)} on"
        );
        table.Add(
            "above the majority",
            Signed(report.AboveMajority),
            Range(report.AboveMajorityInterval),
            report.AboveMajorityInterval.Low > 0
                ? "better than one answer for all steps"
                : "not better than one answer for all steps beyond chance"
        );
        table.Add(
            "PRMBench score",
            Share(report.Bench.Score),
            Range(report.ScoreInterval),
            $"mean of F1 of right ({Share(report.Bench.F1)}) and of wrong steps ({Share(report.Bench.NegativeF1)})"
        );
        table.Add("area under the curve", Share(report.Auc), "", "right against wrong steps");
        if (report.FirstErrors is { } first)
            table.Add(
                "ProcessBench F1",
                Share(first.F1),
                "",
                $"first error found in {Share(first.ErrorAccuracy)} of {first.RowsWithError}, none in {Share(first.CorrectAccuracy)} of {first.RowsWithout} without one"
            );
        foreach (var (name, area) in report.Aggregations)
            table.Add($"solutions by {name}", Share(area), "", "area under the curve, right against wrong final answers");
        Terminal.Print(table);
    }

    private static string Share(double value) => double.IsNaN(value) ? "none" : Terminal.Share(value);

    private static string Signed(double value) => value.ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture);

    private static string Range(Interval interval) =>
        double.IsNaN(interval.Low)
            ? "none"
            : $"{interval.Low.ToString("0.0000", CultureInfo.InvariantCulture)} to {interval.High.ToString("0.0000", CultureInfo.InvariantCulture)}";
}
