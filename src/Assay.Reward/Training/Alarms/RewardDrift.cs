namespace Assay.Reward.Training.Alarms;

/// <summary>
/// The mean of all rewards wanders off from where it began by far more than the rewards differ. The loss knows differences only, so nothing
/// draws it back; what uses the raw scores later (a threshold, a sum of rewards) suffers. Means are taken over 20 updates.
/// </summary>
internal sealed class RewardDrift() : Alarm("reward_drift")
{
    private const int Window = 20;
    private const double Spreads = 5,
        Least = 2;

    protected override string? Judge(UpdateFigures update)
    {
        // [mean at the beginning, updates in this window, sum of means, sum of spreads, whether it drifts, whether there is a mean]
        while (Memory.Count < 6)
            Memory.Add(0);
        Memory[1]++;
        Memory[2] += update.Mean;
        Memory[3] += update.Spread;
        if (Memory[1] < Window)
            return Memory[4] == 0 ? null : "";
        var (mean, spread) = (Memory[2] / Window, Memory[3] / Window);
        if (Memory[5] == 0)
            (Memory[0], Memory[5]) = (mean, 1);
        var drifts = Math.Abs(mean - Memory[0]) > Math.Max(Least, Spreads * spread);
        (Memory[1], Memory[2], Memory[3], Memory[4]) = (0, 0, 0, drifts ? 1 : 0);
        return !drifts
            ? null
            : FormattableString.Invariant(
                $"the mean reward went from {Memory[0]:0.00} to {mean:0.00} while rewards differ by {spread:0.00} (standard deviation): the loss does not hold it. Set center_rewards_coefficient (0.01 is usual), or lower learning_rate"
            );
    }
}
