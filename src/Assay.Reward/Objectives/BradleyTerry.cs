using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// <c>-log sigmoid(d)</c>, d = chosen - rejected - margin: the negative log likelihood of Bradley and Terry (1952), as TRL's RewardTrainer
/// has it (trl/trainer/reward_trainer.py, 1.16).
/// </summary>
public sealed record BradleyTerry : DifferenceObjective
{
    /// <inheritdoc/>
    public override (double Loss, double Slope) At(double difference) => (Logistic.Softplus(-difference), -Logistic.Sigmoid(-difference));
}
