namespace Assay.Evaluation.Audits;

/// <summary>What <see cref="AuditRun"/> is to do.</summary>
public sealed record AuditOptions
{
    /// <summary>
    /// Pairs put to the probes unless told otherwise: a shift of a tenth of a deviation shows, at <see cref="Probes.Probe.MostScorings"/>
    /// scorings a pair at most.
    /// </summary>
    public const int DefaultProbePairs = 200;

    /// <summary>Pairs put to the probes, at most: those with the smallest hashes. 0 leaves the probes out.</summary>
    public int ProbePairs { get; init; } = DefaultProbePairs;

    /// <summary>Told of every rewritten answer.</summary>
    public Action<ProbedAnswer>? Probed { get; init; }

    /// <summary>Told how many of how many probe steps are done.</summary>
    public Action<long, long>? Progress { get; init; }
}
