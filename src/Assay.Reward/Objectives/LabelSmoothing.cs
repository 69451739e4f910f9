using Assay.Data.Records;
using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// <c>-(1 - e) log sigmoid(d) - e log sigmoid(-d)</c>, d = chosen - rejected - margin: Bradley-Terry with the share e of a label's weight
/// on the other side, the conservative form of DPO's loss (Mitchell 2023, "A note on DPO with noisy preferences"; OpenRLHF). Least at d =
/// log((1 - e) / e), so differences stay bounded.
/// </summary>
/// <param name="Smoothing">e, 0 or more and below 1/2.</param>
public sealed record LabelSmoothing(double Smoothing) : DifferenceObjective
{
    /// <inheritdoc/>
    public override (double Loss, double Slope) At(double difference) =>
        (
            ((1 - Smoothing) * Logistic.Softplus(-difference)) + (Smoothing * Logistic.Softplus(difference)),
            (Smoothing * Logistic.Sigmoid(difference)) - ((1 - Smoothing) * Logistic.Sigmoid(-difference))
        );

    /// <inheritdoc/>
    public override ObjectiveRecord Told(ObjectiveRecord record) => record with { LabelSmoothing = Smoothing };
}
