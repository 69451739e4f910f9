using System.Text.Json.Serialization;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Benchmarks;

/// <summary><c>suite.json</c>: one model on all benchmarks of a folder, each exactly as published.</summary>
public sealed record SuiteReport
{
    public const string FileName = "suite.json",
        Kind = "assay.benchmark_suite/1";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    public required EvidenceSubject Subject { get; init; }

    /// <summary>The seven of the field first, also those whose files are not there; then others and own files.</summary>
    public required IReadOnlyList<SuiteRow> Benchmarks { get; init; }

    /// <summary>Plain mean of the seven headlines; NaN while one of them is undefined.</summary>
    public double Average =>
        SuiteFiles.Seven.Select(kind => Benchmarks.FirstOrDefault(row => row.Kind == kind)?.Score ?? double.NaN).Average();

    /// <summary>95 % interval of the average, from those of the seven; null where one has none.</summary>
    public Interval? AverageInterval
    {
        get
        {
            SuiteRow[] seven = [.. SuiteFiles.Seven.Select(kind => Benchmarks.FirstOrDefault(row => row.Kind == kind)).OfType<SuiteRow>()];
            return seven.Length < SuiteFiles.Seven.Count || seven.Any(row => row.ScoreInterval is null)
                ? null
                : WeightedMeanInterval.Of(seven.Select(row => (1.0 / seven.Length, row.Score, row.ScoreInterval!.Value)));
        }
    }

    /// <summary>Files of the folder that took no part, with the reason.</summary>
    public required IReadOnlyDictionary<string, string> PassedOver { get; init; }
}

/// <summary>One benchmark of a suite.</summary>
public sealed record SuiteRow
{
    public required BenchmarkKind Kind { get; init; }

    /// <summary>Unique in the suite.</summary>
    public required string Name { get; init; }

    /// <summary><c>scored</c>; <c>kept</c> from an earlier run on the same model and files; <c>failed</c>; or <c>missing</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it failed, or where its files are published; null for a result.</summary>
    public string? Reason { get; init; }

    /// <summary>The scoring formula.</summary>
    public required string Revision { get; init; }

    /// <summary>The headline as published; NaN without a result, or while it is undefined.</summary>
    public double Score { get; init; } = double.NaN;

    public Interval? ScoreInterval { get; init; }

    /// <summary>The headline's formula over the rows that were scored.</summary>
    public double PartialScore { get; init; } = double.NaN;

    /// <summary>The headline had the left-out rows all been wrong, and all right; null where none was left out.</summary>
    public Interval? PossibleScores { get; init; }

    public int Rows { get; init; }

    /// <summary>Rows that were not scored, by reason.</summary>
    public IReadOnlyDictionary<string, int> LeftOut { get; init; } = new Dictionary<string, int>();

    /// <summary>Null where nothing was to be cut.</summary>
    public TruncationRecord? Truncation { get; init; }

    /// <summary>Missing subsets, other row counts than published.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The evidence file in the output folder; null without a result.</summary>
    public string? Evidence { get; init; }

    /// <summary>A result as a row.</summary>
    public static SuiteRow Of(string name, string state, string file, BenchmarkEvidence evidence) =>
        new()
        {
            Kind = evidence.Report.Kind,
            Name = name,
            State = state,
            Revision = evidence.Report.Revision,
            Score = evidence.Report.Score,
            ScoreInterval = evidence.Report.ScoreInterval,
            PartialScore = evidence.Report.PartialScore,
            PossibleScores = evidence.Report.PossibleScores,
            Rows = evidence.Report.Rows,
            LeftOut = evidence.Report.LeftOut,
            Truncation = evidence.Truncation,
            Warnings = evidence.Report.Warnings,
            Evidence = file,
        };
}
