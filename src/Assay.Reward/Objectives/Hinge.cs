namespace Assay.Reward.Objectives;

/// <summary>
/// <c>max(0, 1 - d)</c>, d = chosen - rejected - margin: nothing is paid for a difference beyond 1 (Joachims 2002's ranking SVM; SLiC,
/// arXiv 2305.10425; TRL's DPO loss <c>hinge</c>). Scores are then no log odds. The slope at the corner is 0, as torch's relu has it.
/// </summary>
public sealed record Hinge : DifferenceObjective
{
    /// <inheritdoc/>
    public override (double Loss, double Slope) At(double difference) =>
        difference < 1 ? (1 - difference, -1)
        : double.IsNaN(difference) ? (double.NaN, double.NaN)
        : (0, 0);
}
