using Assay.Data.Records;
using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// Ties by a threshold (Rao and Kupper 1967). With d = chosen - rejected - margin: P(chosen) = sigmoid(d - log t), P(tie) = (t^2 - 1)
/// sigmoid(d - log t) sigmoid(-d - log t); the loss is -log of what the row says. t = 1 is Bradley-Terry; at d = 0 a tie has the
/// probability (t - 1) / (t + 1). As a reward model's loss: Liu et al. 2024, arXiv 2410.05328.
/// </summary>
/// <param name="Theta">t, above 1.</param>
public sealed record RaoKupper(double Theta) : PairObjective
{
    /// <summary>A tie is as likely as a win at equal scores.</summary>
    public const double DefaultTheta = 2;

    /// <inheritdoc/>
    protected override (double Loss, double Slope) Of(EncodedPair pair, double difference)
    {
        var (threshold, d) = (Math.Log(Theta), difference - MarginOf(pair));
        var (win, winSlope) = (Logistic.Softplus(threshold - d), -Logistic.Sigmoid(threshold - d));
        if (!pair.IsTie)
            return (win, winSlope);
        return (win + Logistic.Softplus(threshold + d) - Math.Log((Theta * Theta) - 1), winSlope + Logistic.Sigmoid(threshold + d));
    }

    /// <inheritdoc/>
    public override ObjectiveRecord Told(ObjectiveRecord record) => record with { TieParameter = Theta };
}
