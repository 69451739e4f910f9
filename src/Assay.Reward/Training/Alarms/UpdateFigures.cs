using Assay.Ground.Numerics;

namespace Assay.Reward.Training.Alarms;

/// <summary>What the alarms see of an update.</summary>
/// <param name="Step">Updates made, this one counted.</param>
/// <param name="Chosen">Scores of the chosen sides, [pairs].</param>
/// <param name="Rejected">Scores of the rejected sides, [pairs].</param>
/// <param name="GradNorm">L2 norm of all gradients before clipping.</param>
internal sealed record UpdateFigures(long Step, double[] Chosen, double[] Rejected, double GradNorm)
{
    public static UpdateFigures Of(long step, IReadOnlyList<BatchScores> batches, double gradNorm) =>
        new(step, [.. batches.SelectMany(batch => batch.Chosen)], [.. batches.SelectMany(batch => batch.Rejected)], gradNorm);

    /// <summary>Mean of -log sigmoid(chosen - rejected), whatever is trained with: ln 2 where no side is told from the other.</summary>
    public double PairLoss => Chosen.Zip(Rejected, (c, r) => Logistic.Softplus(r - c)).Average();

    public double Mean => Rewards.Average();

    /// <summary>Standard deviation of all rewards.</summary>
    public double Spread => Mean is var mean ? Math.Sqrt(Rewards.Average(reward => (reward - mean) * (reward - mean))) : 0;

    public double LargestReward => Rewards.Max(Math.Abs);

    /// <summary>Pairs that are right, a tie counting half.</summary>
    public double Right =>
        Chosen
            .Zip(
                Rejected,
                (c, r) =>
                    c > r ? 1
                    : c == r ? 0.5
                    : 0
            )
            .Sum();

    private IEnumerable<double> Rewards => Chosen.Concat(Rejected);
}
