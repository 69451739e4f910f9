using System.Globalization;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Ground.Numerics;

namespace Assay.Cli.Evaluation;

/// <summary>A benchmark's figures for people.</summary>
internal static class BenchmarkTable
{
    public static void Print(BenchmarkEvidence evidence, BenchmarkDescription benchmark, IReadOnlyList<string> files)
    {
        var report = evidence.Report;
        var table = new ResultTable(benchmark.Name, "#rows", "#score", "#95 % interval");
        foreach (var part in report.Parts)
            AddRow(table, part.Name, part.Rows, part.Score, part.Interval);
        table.Add();
        AddRow(table, "headline", report.Rows, report.Score, report.ScoreInterval);
        Terminal.Print(table);
        Console.WriteLine(
            $"Headline: {benchmark.Headline} ({report.Revision}). A right and a wrong answer share the best score in {Percent(report.TieRate)} of the rows."
        );
        if (report.LeftOut.Count > 0)
        {
            var possible = report.PossibleScores is { } scores
                ? $" All rows would give between {Terminal.Share(scores.Low)} (the rest wrong) and {Terminal.Share(scores.High)} (the rest right)."
                : "";
            Console.WriteLine($"Not scored: {List(report.LeftOut)}. The rows that were give {Number(report.PartialScore)}.{possible}");
        }
        if (evidence.Truncation is { } cut)
            Console.WriteLine(
                $"Cut at the {cut.Side} to {cut.MaxLength} tokens: {cut.Rows} rows, {Percent(cut.Share)}; their scores are of beginnings."
            );
        if (report.PassedOver.Count > 0)
            Console.WriteLine($"No part of it: {List(report.PassedOver)}.");
        foreach (var warning in report.Warnings)
            Console.WriteLine("! " + warning);
        Console.WriteLine($"Written: {string.Join(", ", files)}");
    }

    public static void PrintList()
    {
        foreach (var benchmark in BenchmarkDescription.All)
        {
            Console.WriteLine(benchmark.Name);
            Console.WriteLine($"  rows       {benchmark.Rows}");
            Console.WriteLine($"  published  {benchmark.Published}");
            Console.WriteLine($"  headline   {benchmark.Headline}");
            Console.WriteLine($"  revision   {benchmark.Revision}");
        }
    }

    private static void AddRow(ResultTable table, string name, int rows, double score, Interval? interval) =>
        table.Add(
            name,
            rows == 0 ? "" : rows.ToString(CultureInfo.InvariantCulture),
            Number(score),
            interval is { } known ? $"{Terminal.Share(known.Low)} to {Terminal.Share(known.High)}" : ""
        );

    private static string List(IReadOnlyDictionary<string, int> reasons) =>
        string.Join(", ", reasons.Select(reason => $"{reason.Key} {reason.Value}"));

    private static string Number(double score) => double.IsNaN(score) ? "undefined" : Terminal.Share(score);

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
}
