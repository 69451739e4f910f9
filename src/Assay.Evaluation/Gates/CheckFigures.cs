using System.Text.Json;

namespace Assay.Evaluation.Gates;

/// <summary>What the gate and the report read of a check's <c>report.json</c> (<c>assay.check_report/1</c>, see <c>docs/formats.md</c>).</summary>
public sealed record CheckFigures
{
    public const string Kind = "assay.check_report/1";

    public required long RowCount { get; init; }

    public required long ItemCount { get; init; }

    public long? KeptCount { get; init; }

    public long? ReviewCount { get; init; }

    public required long QuarantineCount { get; init; }

    public required long ErrorCount { get; init; }

    public IReadOnlyList<Reason> Reasons { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<Example> Examples { get; init; } = [];

    public Votes? Agreement { get; init; }

    public sealed record Reason(string Code, string Status, long Count);

    public sealed record Example(string Code, long Line);

    public sealed record Votes(long PairedRowCount, Coefficient? KrippendorffAlpha);

    public sealed record Coefficient(double? Value, double? Low, double? High);

    /// <exception cref="EvaluationException">It is not JSON, or lacks a field.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CheckFigures Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<CheckFigures>(File.ReadAllText(path), EvaluationJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new EvaluationException($"{path}: not a report of assay check: {error.Message}", error);
        }
    }
}
