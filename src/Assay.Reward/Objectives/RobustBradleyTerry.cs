using Assay.Data.Records;
using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// <c>(-(1 - e) log sigmoid(d) + e log sigmoid(-d)) / (1 - 2e)</c>, d = chosen - rejected - margin: where each label was turned with
/// probability e, its expectation is the loss of the right labels (Chowdhury, Kini and Natarajan 2024, "Provably Robust DPO", arXiv
/// 2403.00409; TRL's DPO loss <c>robust</c>). It has no lower bound: a pair far on its label's side goes on being paid for going further,
/// with slope e / (1 - 2e).
/// </summary>
/// <param name="FlipRate">e, 0 or more and below 1/2.</param>
public sealed record RobustBradleyTerry(double FlipRate) : DifferenceObjective
{
    /// <summary>Where the rate comes from, for the model's record: <c>given</c>, or <c>votes</c>.</summary>
    public string RateFrom { get; init; } = "given";

    /// <inheritdoc/>
    public override (double Loss, double Slope) At(double difference) =>
        (
            (((1 - FlipRate) * Logistic.Softplus(-difference)) - (FlipRate * Logistic.Softplus(difference))) / (1 - (2 * FlipRate)),
            -(((1 - FlipRate) * Logistic.Sigmoid(-difference)) + (FlipRate * Logistic.Sigmoid(difference))) / (1 - (2 * FlipRate))
        );

    /// <inheritdoc/>
    public override ObjectiveRecord Told(ObjectiveRecord record) => record with { FlipRate = FlipRate, FlipRateFrom = RateFrom };
}
