using System.Text.Json.Serialization;
using Assay.Evaluation.Benchmarks;

namespace Assay.Evaluation.Evidence;

/// <summary><c>benchmark-KIND.json</c>: a benchmark's result, scored as published.</summary>
public sealed record BenchmarkEvidence : IEvidence
{
    public const string Kind = "assay.benchmark/1";

    /// <summary>The file of a benchmark, by its name (<see cref="BenchmarkDescription.Name"/>).</summary>
    public static string FileNameOf(string benchmark) => $"benchmark-{benchmark}.json";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    public required EvidenceSubject Subject { get; init; }

    public required IReadOnlyList<EvidenceInput> Inputs { get; init; }

    public EvidenceInput? Rows { get; init; }

    /// <summary>The most tokens that were asked for; null for what the model reads.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Null where nothing was to be cut: rows that are too long were then left out.</summary>
    public TruncationRecord? Truncation { get; init; }

    public required BenchmarkReport Report { get; init; }
}
