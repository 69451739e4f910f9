namespace Assay.Evaluation.Metrics;

/// <summary>
/// What two equal scores count for. Benchmarks differ in it, and with coarse scores the difference is several points, so every accuracy
/// names its policy.
/// </summary>
public enum TiePolicy
{
    /// <summary>A tie is half right: what a fair coin would earn. The <c>accuracy</c> of this library.</summary>
    Half,

    /// <summary>A tie is wrong (RewardBench v1, RM-Bench, TRL).</summary>
    Wrong,

    /// <summary>A tie is right.</summary>
    Right,

    /// <summary>A tie is left out of numerator and denominator.</summary>
    Dropped,
}
