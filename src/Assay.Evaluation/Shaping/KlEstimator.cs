namespace Assay.Evaluation.Shaping;

/// <summary>Which of <see cref="OverOptimisation.KlEstimate"/>'s estimates is summed over the tokens of an answer.</summary>
public enum KlEstimator
{
    /// <summary>ln p − ln q: unbiased, may be negative. What RLOO and PPO take off the reward.</summary>
    K1,

    /// <summary>Half the square of k1: never negative, biased.</summary>
    K2,

    /// <summary>e^−k1 − 1 + k1: unbiased, never negative. What GRPO adds to its loss.</summary>
    K3,
}
