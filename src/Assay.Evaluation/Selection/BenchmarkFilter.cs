using System.Globalization;
using Assay.Evaluation.Benchmarks;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Selection;

/// <summary>
/// The first step of a selection: the candidates that a benchmark keeps. Those trained from the policy's base are measured against the best
/// of their kind: of RewardBench 2's seventeen PPO runs (Malik et al. 2025, arXiv 2506.01937, table 8) the three best by score are of
/// another base and made the worst policies.
/// </summary>
internal sealed class BenchmarkFilter
{
    private readonly Dictionary<string, BenchmarkReport> _reports;
    private readonly BenchmarkKind? _kind;
    private readonly int? _top;
    private readonly IReadOnlySet<string> _ofPolicyBase;

    private BenchmarkFilter(
        Dictionary<string, BenchmarkReport> reports,
        BenchmarkKind? kind,
        int? top,
        IReadOnlySet<string> ofPolicyBase
    ) => (_reports, _kind, _top, _ofPolicyBase) = (reports, kind, top, ofPolicyBase);

    private string Also => _ofPolicyBase.Count == 0 ? "" : "; those of the policy's base are measured against each other";

    public string Rule =>
        _kind is null
            ? "no candidate has a benchmark result, so none was filtered out"
            : (
                _top is { } count
                    ? $"filter: the best {count} by {_kind}"
                    : $"filter: {_kind} not worse than the best beyond noise (95 % interval of the difference of two independent shares of the benchmark's rows)"
            ) + Also;

    /// <exception cref="EvaluationException">There are several benchmarks and none was named, the named one is nowhere, or it was scored by
    /// several revisions.</exception>
    public static BenchmarkFilter Of(
        IReadOnlyList<Candidate> candidates,
        BenchmarkKind? benchmark,
        int? top,
        Func<Candidate, bool> isPolicyBase
    )
    {
        var ofPolicyBase = candidates.Where(isPolicyBase).Select(candidate => candidate.Name).ToHashSet(StringComparer.Ordinal);
        BenchmarkKind[] kinds =
        [
            .. candidates.SelectMany(candidate => candidate.Benchmarks).Select(report => report.Kind).Distinct().Order(),
        ];
        if (benchmark is null && kinds.Length > 1)
            throw new EvaluationException(
                $"the candidates have results of several benchmarks ({string.Join(", ", kinds)}): name the one that filters"
            );
        if (benchmark is { } wanted && !kinds.Contains(wanted))
            throw new EvaluationException(
                $"no candidate has a result of {wanted}{(kinds.Length > 0 ? $", only of {string.Join(", ", kinds)}" : "")}"
            );
        if (kinds.Length == 0)
            return new([], null, top, ofPolicyBase);
        var kind = benchmark ?? kinds[0];
        var reports = candidates
            .Select(candidate => (candidate.Name, Report: candidate.Benchmarks.FirstOrDefault(report => report.Kind == kind)))
            .Where(entry => entry.Report is { Score: var score } && !double.IsNaN(score))
            .ToDictionary(entry => entry.Name, entry => entry.Report!);
        if (reports.Values.Select(report => (report.Revision, report.Rows)).Distinct().ToArray() is { Length: > 1 } several)
            throw new EvaluationException(
                $"{kind} was not the same for all candidates ({string.Join(", ", several.Select(one => $"{one.Revision} over {one.Rows} rows"))}): run it again for all of them"
            );
        return new(reports, kind, top, ofPolicyBase);
    }

    public double Score(Candidate candidate) => _reports.TryGetValue(candidate.Name, out var report) ? report.Score : double.NaN;

    public int? Rank(Candidate candidate) =>
        _reports.TryGetValue(candidate.Name, out var report) ? 1 + _reports.Values.Count(other => other.Score > report.Score) : null;

    /// <summary>Why the candidate goes no further; null when it does.</summary>
    public string? WhyNot(Candidate candidate)
    {
        if (_kind is null)
            return null;
        if (!_reports.TryGetValue(candidate.Name, out var report))
            return candidate.Benchmarks.Any(one => one.Kind == _kind)
                ? $"its {_kind} score is undefined, a part of the benchmark is missing"
                : $"has no {_kind} result, which others have";
        var rivals = _ofPolicyBase.Contains(candidate.Name) ? _reports.Where(entry => _ofPolicyBase.Contains(entry.Key)) : _reports;
        if (_top is { } count)
            return rivals.Count(rival => rival.Value.Score > report.Score) < count
                ? null
                : $"rank {Rank(candidate)} by {_kind}, {count} are kept";
        var (name, best) = rivals.MaxBy(rival => rival.Value.Score);
        var interval = ProportionInterval.Difference(Share(best), Wilson(best), Share(report), Wilson(report));
        return interval.Low <= 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{_kind} {report.Score:0.0000} against {best.Score:0.0000} of {name}: worse beyond noise (difference {interval.Low:0.0000} to {interval.High:0.0000})"
            );
    }

    // RewardBench 2 can leave 0..1 by a hundredth.
    private static double Share(BenchmarkReport report) => Math.Clamp(report.Score, 0, 1);

    private static Interval Wilson(BenchmarkReport report) => ProportionInterval.Wilson(Share(report) * report.Rows, report.Rows);
}
