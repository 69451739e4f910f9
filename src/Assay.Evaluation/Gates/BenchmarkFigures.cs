using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>The gate's figures from <c>benchmark-KIND.json</c>.</summary>
internal static class BenchmarkFigures
{
    /// <summary>The headline with its interval; undefined where the benchmark is not whole.</summary>
    public static IReadOnlyList<GateFigure> Score(GateSources sources, GateCheck check)
    {
        if (
            sources.Single<BenchmarkEvidence>(check, evidence => BenchmarkDescription.Of(evidence.Report.Kind).Name == check.Part)
            is not var (evidence, file)
        )
            return [];
        var report = evidence.Report;
        string[] notes =
        [
            .. report.Warnings,
            .. evidence.Truncation is { } cut
                ? new[]
                {
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"{cut.Rows} rows ({cut.Share:0.0 %}) cut at the {cut.Side} to {cut.MaxLength} tokens"
                    ),
                }
                : [],
        ];
        return
        [
            new(report.Score, EvidencePlace.Of(file, evidence.Report.Score))
            {
                Count = report.Rows,
                Interval = report.ScoreInterval,
                Note = notes.Length > 0 ? string.Join("; ", notes) : null,
            },
        ];
    }
}
