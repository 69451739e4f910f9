using System.Globalization;
using Assay.Evaluation.Benchmarks;
using Assay.Ground.Numerics;

namespace Assay.Cli.Evaluation;

/// <summary>A suite for people: a row a benchmark, and below it what each figure leaves out.</summary>
internal static class SuiteTable
{
    public static void Print(SuiteReport report, string file)
    {
        var table = new ResultTable("benchmark", "#score", "#95 % interval", "#rows", "#left out", "#cut");
        foreach (var row in report.Benchmarks)
        {
            var score = row.State switch
            {
                "failed" => "failed",
                "missing" => "missing",
                _ => double.IsNaN(row.Score) ? "undefined" : Terminal.Share(row.Score),
            };
            table.Add(
                row.Name,
                score,
                Range(row.ScoreInterval),
                row.Rows == 0 ? "" : Whole(row.Rows),
                row.Evidence is null ? "" : Whole(row.LeftOut.Values.Sum()),
                row.Truncation is { } cut ? cut.Share.ToString("0.0 %", CultureInfo.InvariantCulture) : ""
            );
        }
        table.Add();
        table.Add(
            "mean of the seven",
            double.IsNaN(report.Average) ? "undefined" : Terminal.Share(report.Average),
            Range(report.AverageInterval)
        );
        Terminal.Print(table);
        foreach (var row in report.Benchmarks.Where(row => row.LeftOut.Count > 0))
        {
            var leftOut = string.Join(", ", row.LeftOut.Select(reason => $"{reason.Key} {reason.Value}"));
            var others = double.IsNaN(row.PartialScore) ? "an undefined score" : Terminal.Share(row.PartialScore);
            var all = row.PossibleScores is { } possible
                ? $", all would give {Terminal.Share(possible.Low)} to {Terminal.Share(possible.High)}"
                : "";
            Console.WriteLine($"{row.Name}: not scored {leftOut}; the others give {others}{all}.");
        }
        foreach (var row in report.Benchmarks.Where(row => row.Reason is not null))
            Console.WriteLine($"{row.Name}: {row.State}, {row.Reason}");
        foreach (var row in report.Benchmarks)
        foreach (var warning in row.Warnings)
            Console.WriteLine($"! {row.Name}: {warning}");
        foreach (var (path, reason) in report.PassedOver)
            Console.WriteLine($"Passed over {path}: {reason}");
        var kept = report.Benchmarks.Count(row => row.State == "kept");
        if (kept > 0)
            Console.WriteLine($"{kept} of them kept from an earlier run.");
        Console.WriteLine($"Written: {file}");
    }

    private static string Range(Interval? interval) =>
        interval is { } known ? $"{Terminal.Share(known.Low)} to {Terminal.Share(known.High)}" : "";

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);
}
