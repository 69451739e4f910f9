namespace Assay.Reward.Training.Alarms;

/// <summary>A reward beyond any preference: a margin of 100 is a probability of 1 - 4e-44.</summary>
internal sealed class RewardExploding() : Alarm("reward_exploding")
{
    private const double LargestSane = 100;

    protected override string? Judge(UpdateFigures update) =>
        update.LargestReward <= LargestSane
            ? null
            : FormattableString.Invariant(
                $"a reward of {update.LargestReward:G4} is beyond any preference: rewards are running away. Lower learning_rate, or set center_rewards_coefficient"
            );
}
