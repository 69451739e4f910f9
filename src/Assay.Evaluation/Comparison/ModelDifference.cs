using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Comparison;

/// <summary>Two models of a comparison; <see cref="First"/> is ranked above <see cref="Second"/>.</summary>
public sealed record ModelDifference
{
    /// <summary>Differences with an adjusted p-value from here on are noise.</summary>
    public const double Level = 0.05;

    public required string First { get; init; }

    public required string Second { get; init; }

    /// <summary>First minus second accuracy, ties half.</summary>
    public required double Difference { get; init; }

    /// <summary>95 % interval over prompt groups, of this one difference; NaN with one group.</summary>
    public required Interval Interval { get; init; }

    /// <summary>Pairs only one of them has right, and the test of their counts, which takes pairs as independent.</summary>
    public required McNemar McNemar { get; init; }

    /// <summary>Paired permutation test over prompt groups.</summary>
    public required double PermutationPValue { get; init; }

    /// <summary><see cref="PermutationPValue"/> after Holm's correction for all differences of the comparison.</summary>
    public required double AdjustedPValue { get; init; }

    /// <summary>Share of the pairs that both models order alike.</summary>
    public required double Agreement { get; init; }

    /// <summary>Whether the difference may be chance: its adjusted p-value is not below <see cref="Level"/>.</summary>
    public bool IsNoise => !(AdjustedPValue < Level);
}
