using Assay.Ground.Numerics;

namespace Assay.Evaluation.Selection;

/// <summary>A candidate with what became of it and why.</summary>
public sealed record JudgedCandidate
{
    public required string Name { get; init; }

    public required CandidateStatus Status { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What its gate said, in words; null without a verdict.</summary>
    public string? Gate { get; init; }

    /// <summary>The benchmark's headline; NaN without one.</summary>
    public required double BenchmarkScore { get; init; }

    /// <summary>From 1, equal scores sharing one; null without a score.</summary>
    public required int? BenchmarkRank { get; init; }

    /// <summary>What it was trained from; null when not known.</summary>
    public required string? Base { get; init; }

    /// <summary>Whether that is the policy's base; null when either is not known.</summary>
    public required bool? IsPolicyBase { get; init; }

    /// <summary>On the own pairs, ties half; NaN when not validated.</summary>
    public required double OwnAccuracy { get; init; }

    /// <summary>95 %, Wilson; null when not validated.</summary>
    public required Interval? OwnInterval { get; init; }

    public required long OwnPairs { get; init; }
}

/// <summary>Where a candidate ended, best first.</summary>
public enum CandidateStatus
{
    /// <summary>The one to use.</summary>
    Chosen,

    /// <summary>As good as the best on the own pairs, within noise.</summary>
    AsGood,

    /// <summary>Worse than the best on the own pairs, beyond noise.</summary>
    Worse,

    /// <summary>There is nothing on the own pairs to judge it by.</summary>
    NotValidated,

    /// <summary>Filtered out by the benchmark.</summary>
    Filtered,

    /// <summary>Its gate says that it is not ready.</summary>
    Refused,
}
