using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Metrics;

/// <summary>
/// How far a current set of scores has moved from a reference set: rewards of today's policy against those of the evaluation data, or
/// lengths, which work the same.
/// </summary>
public sealed record RewardDrift
{
    public required DistributionSummary Reference { get; init; }

    public required DistributionSummary Current { get; init; }

    /// <summary>Are they one distribution?</summary>
    public required TestResult KolmogorovSmirnov { get; init; }

    /// <summary>How far the mass moved, in the unit of the scores.</summary>
    public required double Wasserstein { get; init; }

    /// <summary>Over the reference's deciles; below 0.1 stable, above 0.25 moved.</summary>
    public required double PopulationStability { get; init; }

    /// <summary>Chance that a current score is above a reference one, with its test.</summary>
    public required MannWhitney MannWhitney { get; init; }

    /// <summary>Current minus reference mean in pooled standard deviations.</summary>
    public required double CohenD { get; init; }

    /// <summary>Compares two sets.</summary>
    /// <exception cref="ArgumentException">A set is empty or holds NaN or an infinity.</exception>
    public static RewardDrift Of(IReadOnlyList<double> reference, IReadOnlyList<double> current) =>
        new()
        {
            Reference = DistributionSummary.Of(reference),
            Current = DistributionSummary.Of(current),
            KolmogorovSmirnov = Statistics.KolmogorovSmirnov.TwoSample(reference, current),
            Wasserstein = TwoSampleDistance.Wasserstein(reference, current),
            PopulationStability = Drift.PopulationStability(reference, current, Drift.DecileEdges(reference)),
            MannWhitney = Statistics.MannWhitney.Of(reference, current),
            CohenD = EffectSize.CohenPooled(current, reference),
        };
}
