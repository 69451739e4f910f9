using Assay.Ground.Numerics;

namespace Assay.Evaluation.OverOptimisation;

/// <summary>
/// One token's estimates of KL(policy ‖ reference) from its log-probabilities, for tokens sampled from the policy (Schulman 2020,
/// "Approximating KL divergence"): k1 is unbiased and may be negative, k2 is half its square, k3 is unbiased and never negative.
/// </summary>
public readonly record struct KlEstimate(double PolicyLogProbability, double ReferenceLogProbability)
{
    /// <summary>ln p − ln q.</summary>
    public double K1 => PolicyLogProbability - ReferenceLogProbability;

    /// <summary>k1²/2.</summary>
    public double K2 => K1 * K1 / 2;

    /// <summary>e^−k1 − 1 + k1.</summary>
    public double K3 => Logistic.ExpM1(-K1) + K1;

    /// <summary>Score minus β times the sum of a sequence's estimates: the reward that PPO-style loops optimise.</summary>
    public static double PenalisedScore(double score, double beta, IEnumerable<double> estimates) => score - beta * estimates.Sum();
}
