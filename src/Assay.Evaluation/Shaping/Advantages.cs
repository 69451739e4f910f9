using Assay.Ground.Numerics;

namespace Assay.Evaluation.Shaping;

/// <summary>
/// Advantages of answers in groups, one group a prompt, as TRL's trainers compute them (1.16, checked against its recorded figures). A
/// reward that is null (nobody could score the answer) takes no part in any mean and has advantage 0; so has a reward that is alone in its
/// group.
/// </summary>
public static class Advantages
{
    /// <summary>TRL adds this to a standard deviation before it divides by it.</summary>
    public const double Epsilon = 1e-4;

    /// <summary>GRPO: (r − mean of the group) / (s + 1e-4), s with divisor n − 1.</summary>
    /// <param name="rewards">One for each answer.</param>
    /// <param name="groups">Any number that an answer shares with the others of its group and with no others.</param>
    /// <param name="scale">Over what s is taken.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or a reward is not finite.</exception>
    public static double[] Grpo(IReadOnlyList<double?> rewards, IReadOnlyList<int> groups, RewardScale scale = RewardScale.Group)
    {
        var batch = scale == RewardScale.Batch ? Deviation(rewards) + Epsilon : 1;
        return OfGroups(
            rewards,
            groups,
            (reward, ofGroup) => (reward - Moments.Mean(ofGroup)) / (scale == RewardScale.Group ? Deviation(ofGroup) + Epsilon : batch)
        );
    }

    /// <summary>RLOO: r − mean of the other rewards of the group.</summary>
    /// <param name="rewards">One for each answer.</param>
    /// <param name="groups">As for <see cref="Grpo"/>.</param>
    /// <param name="normalize">TRL's <c>normalize_advantages</c>: take off the mean of all advantages and divide by their standard
    /// deviation + 1e-4.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or a reward is not finite.</exception>
    public static double[] Rloo(IReadOnlyList<double?> rewards, IReadOnlyList<int> groups, bool normalize = false)
    {
        var advantages = OfGroups(rewards, groups, (reward, ofGroup) => reward - (ofGroup.Sum() - reward) / (ofGroup.Count - 1));
        if (!normalize)
            return advantages;
        double[] scored = [.. advantages.Where((_, i) => rewards[i] is not null)];
        if (scored.Length == 0)
            return advantages;
        var (mean, deviation) = (Moments.Mean(scored), Deviation(scored) + Epsilon);
        return [.. advantages.Select((advantage, i) => rewards[i] is null ? 0 : (advantage - mean) / deviation)];
    }

    /// <summary>
    /// Share of groups whose rewards are all the same, so that nothing is learned from them; TRL logs it as <c>frac_reward_zero_std</c>.
    /// Groups without a reward are not counted; NaN without any.
    /// </summary>
    /// <exception cref="ArgumentException">The lists differ in length, or a reward is not finite.</exception>
    public static double ShareWithoutSpread(IReadOnlyList<double?> rewards, IReadOnlyList<int> groups)
    {
        var scored = Grouped(rewards, groups).Values.Where(group => group.Count > 0).ToArray();
        return scored.Length == 0 ? double.NaN : scored.Count(group => group.All(reward => reward == group[0])) / (double)scored.Length;
    }

    /// <summary>Standard deviation of the rewards there are, divisor n − 1; 0 for fewer than two.</summary>
    internal static double Deviation(IEnumerable<double?> rewards) => Deviation([.. rewards.OfType<double>()]);

    private static double Deviation(IReadOnlyList<double> rewards) => rewards.Count < 2 ? 0 : Math.Sqrt(Moments.Variance(rewards));

    private static double[] OfGroups(
        IReadOnlyList<double?> rewards,
        IReadOnlyList<int> groups,
        Func<double, List<double>, double> advantage
    )
    {
        var grouped = Grouped(rewards, groups);
        return
        [
            .. rewards.Select(
                (reward, i) => reward is { } given && grouped[groups[i]] is { Count: > 1 } ofGroup ? advantage(given, ofGroup) : 0
            ),
        ];
    }

    private static Dictionary<int, List<double>> Grouped(IReadOnlyList<double?> rewards, IReadOnlyList<int> groups)
    {
        if (rewards.Count != groups.Count)
            throw new ArgumentException($"{rewards.Count} rewards and {groups.Count} groups", nameof(groups));
        var grouped = new Dictionary<int, List<double>>();
        for (var i = 0; i < rewards.Count; i++)
        {
            if (!grouped.TryGetValue(groups[i], out var group))
                grouped[groups[i]] = group = [];
            if (rewards[i] is not { } reward)
                continue;
            if (!double.IsFinite(reward))
                throw new ArgumentException($"reward {i} is {reward}, wanted a finite number or null", nameof(rewards));
            group.Add(reward);
        }
        return grouped;
    }
}
