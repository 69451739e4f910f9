using System.Text.Json;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>The gate's figures from <c>benchmark-KIND.json</c>.</summary>
internal static class BenchmarkFigures
{
    /// <summary>The headline. Where it is the share of right rows it has Wilson's interval; an average of parts is compared as a point.</summary>
    public static IReadOnlyList<GateFigure> Score(GateSources sources, GateCheck check)
    {
        if (sources.Single<BenchmarkEvidence>(check, evidence => JsonNamingPolicy.SnakeCaseLower.ConvertName(evidence.Report.Kind.ToString()) == check.Part) is not var (evidence, file)) return [];
        var (report, place) = (evidence.Report, $"{file}: report.score");
        var figure = report.Kind is BenchmarkKind.JudgeBench or BenchmarkKind.PpePreference or BenchmarkKind.Own ? GateFigure.Share(report.Score, report.Rows, place) : new(report.Score, place) { Count = report.Rows };
        return [figure with { Note = report.Warnings.Count > 0 ? string.Join("; ", report.Warnings) : null }];
    }
}
