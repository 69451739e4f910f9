using Assay.Data.Records;

namespace Assay.Reward.Objectives;

/// <summary>
/// <c>(d - t)^2</c>, d = chosen - rejected - margin, t = 1 / (2 beta): differences are drawn to a target instead of growing without end
/// (Azar et al. 2023, IPO, arXiv 2310.12036; TRL's DPO loss <c>ipo</c> with reference 0).
/// </summary>
/// <param name="Beta">Above 0.</param>
public sealed record SquaredDifference(double Beta) : DifferenceObjective
{
    /// <summary>The difference aimed at.</summary>
    public double Target => 1 / (2 * Beta);

    /// <inheritdoc/>
    public override (double Loss, double Slope) At(double difference) =>
        ((difference - Target) * (difference - Target), 2 * (difference - Target));

    /// <inheritdoc/>
    public override ObjectiveRecord Told(ObjectiveRecord record) => record with { IpoBeta = Beta };
}
