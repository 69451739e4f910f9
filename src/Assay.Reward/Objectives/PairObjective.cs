using Assay.Data.Records;

namespace Assay.Reward.Objectives;

/// <summary>
/// A loss of the difference between a pair's two scores, plus <c>coefficient * (chosen + rejected)^2</c> where rewards are to be centred
/// (TRL's RewardTrainer, trl/trainer/reward_trainer.py, 1.16; Eisenstein et al. 2023, arXiv 2312.09244): what depends on differences alone
/// leaves the level of rewards free.
/// </summary>
public abstract record PairObjective : IObjective
{
    /// <summary>TRL's <c>center_rewards_coefficient</c>, or null for none.</summary>
    public double? CenterRewardsCoefficient { get; init; }

    /// <summary>The loss of a pair without centring, and its derivative by the difference.</summary>
    /// <param name="pair">What else is known of it.</param>
    /// <param name="difference">Chosen score minus rejected score.</param>
    protected abstract (double Loss, double Slope) Of(EncodedPair pair, double difference);

    /// <inheritdoc/>
    public double Sum(IReadOnlyList<EncodedPair> pairs, IReadOnlyList<double[]> scores, IReadOnlyList<double[]> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < pairs.Count; i++)
        {
            var (chosen, rejected) = (scores[i][0], scores[i][1]);
            var (loss, slope) = Of(pairs[i], chosen - rejected);
            sum += loss + Centring(chosen, rejected);
            var pull = CentringSlope(chosen, rejected);
            (gradient[i][0], gradient[i][1]) = (slope + pull, -slope + pull);
        }
        return sum;
    }

    /// <inheritdoc/>
    public virtual ObjectiveRecord Told(ObjectiveRecord record) => record;

    private protected double Centring(double chosen, double rejected) =>
        CenterRewardsCoefficient is { } coefficient ? coefficient * (chosen + rejected) * (chosen + rejected) : 0;

    private protected double CentringSlope(double chosen, double rejected) =>
        CenterRewardsCoefficient is { } coefficient ? 2 * coefficient * (chosen + rejected) : 0;

    /// <summary>How much better chosen is by the data; 0 where it says nothing. fp32, as the reference's collator makes it.</summary>
    private protected static double MarginOf(EncodedPair pair) => pair.Margin ?? 0;
}
