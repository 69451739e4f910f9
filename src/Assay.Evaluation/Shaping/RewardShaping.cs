using Assay.Ground.Numerics;

namespace Assay.Evaluation.Shaping;

/// <summary>
/// What becomes of a score before an optimiser sees it, in this order: penalties for length, the clip, the KL penalty, whitening over all
/// answers, the advantage. So that a loop in any language uses the same numbers.
/// </summary>
public sealed record RewardShaping
{
    /// <summary>Taken off for each token of the answer.</summary>
    public double LengthPenalty { get; init; }

    /// <summary>
    /// DAPO's soft overlong punishment (Yu et al. 2025, arXiv 2503.14476, equation 13): the length from which the full 1 is taken off.
    /// </summary>
    public int? MaxCompletionLength { get; init; }

    /// <summary>
    /// Over so many tokens below <see cref="MaxCompletionLength"/> the punishment grows from 0 to 1; TRL's <c>soft_punish_cache</c>.
    /// </summary>
    public int SoftPunishCache { get; init; }

    /// <summary>Lowest and highest score kept; OpenRLHF's <c>reward_clip_range</c>.</summary>
    public (double Low, double High)? RewardClipRange { get; init; }

    /// <summary>β of the KL penalty, in reward per nat.</summary>
    public double Beta { get; init; }

    /// <summary>The estimate that is summed over the answer's tokens and taken off β times.</summary>
    public KlEstimator KlEstimator { get; init; }

    /// <summary>
    /// Divide by the standard deviation of all rewards and keep their mean: (r − mean)/√(variance + 1e-8) + mean, variance with divisor n −
    /// 1; TRL's <c>whiten_rewards</c>, over whole answers.
    /// </summary>
    public bool WhitenRewards { get; init; }

    /// <summary>What the reward is compared with.</summary>
    public AdvantageKind Advantage { get; init; } = AdvantageKind.Grpo;

    /// <summary>For <see cref="AdvantageKind.Grpo"/>.</summary>
    public RewardScale ScaleRewards { get; init; }

    /// <summary>For <see cref="AdvantageKind.Rloo"/>.</summary>
    public bool NormalizeAdvantages { get; init; }

    /// <summary>Whether lengths are needed.</summary>
    public bool NeedsLengths => LengthPenalty != 0 || MaxCompletionLength is not null;

    /// <summary>Whether a KL, or log-probabilities, are needed.</summary>
    public bool NeedsKl => Beta != 0;

    /// <summary>
    /// The reward of each answer, in order: its score after penalties, clip, KL and whitening. Null where the answer has no score.
    /// </summary>
    /// <exception cref="EvaluationException">A setting is out of range, or an answer lacks the length or KL that a setting needs; the
    /// message names its line.</exception>
    public double?[] Rewards(IReadOnlyList<RewardRow> answers)
    {
        Check();
        double?[] rewards = [.. answers.Select(Reward)];
        if (!WhitenRewards)
            return rewards;
        double[] scored = [.. rewards.OfType<double>()];
        if (scored.Length == 0)
            return rewards;
        var (mean, deviation) = (Moments.Mean(scored), Advantages.Deviation(rewards));
        return [.. rewards.Select(reward => (reward - mean) / Math.Sqrt(deviation * deviation + 1e-8) + mean)];
    }

    /// <summary>The advantage of each answer, in order; 0 where it has no score.</summary>
    /// <param name="answers">For their groups.</param>
    /// <param name="rewards">What <see cref="Rewards"/> gave for them.</param>
    public double[] AdvantagesOf(IReadOnlyList<RewardRow> answers, IReadOnlyList<double?> rewards)
    {
        int[] groups = [.. answers.Select(answer => answer.Group)];
        return Advantage switch
        {
            AdvantageKind.Grpo => Advantages.Grpo(rewards, groups, ScaleRewards),
            AdvantageKind.Rloo => Advantages.Rloo(rewards, groups, NormalizeAdvantages),
            _ => [.. rewards.Select(reward => reward ?? 0)],
        };
    }

    private double? Reward(RewardRow answer)
    {
        if (answer.Score is not { } reward)
            return null;
        if (NeedsLengths)
        {
            var tokens =
                answer.Tokens
                ?? throw new EvaluationException(
                    $"{answer.Where}: the answer has no length, wanted completion_tokens (or tokens, or logprobs) because a length penalty is asked for"
                );
            reward -= LengthPenalty * tokens;
            if (MaxCompletionLength is { } longest)
                reward -=
                    SoftPunishCache == 0
                        ? (tokens > longest ? 1 : 0)
                        : Math.Clamp((tokens - (longest - SoftPunishCache)) / (double)SoftPunishCache, 0, 1);
        }
        if (RewardClipRange is var (low, high))
            reward = Math.Clamp(reward, low, high);
        if (NeedsKl)
            reward -= Beta * answer.KullbackLeibler(KlEstimator);
        return reward;
    }

    private void Check()
    {
        if (!double.IsFinite(LengthPenalty))
            throw new EvaluationException($"length_penalty is {LengthPenalty}, wanted a finite number");
        if (!double.IsFinite(Beta) || Beta < 0)
            throw new EvaluationException($"beta is {Beta}, wanted a finite number of 0 or more");
        if (RewardClipRange is var (low, high) && !(low < high))
            throw new EvaluationException($"reward_clip_range is {low} to {high}, wanted the lower end first");
        if (MaxCompletionLength < 1)
            throw new EvaluationException($"max_completion_length is {MaxCompletionLength}, wanted 1 or more");
        if (SoftPunishCache < 0 || SoftPunishCache > (MaxCompletionLength ?? 0))
            throw new EvaluationException(
                $"soft_punish_cache is {SoftPunishCache}, wanted 0 to max_completion_length ({MaxCompletionLength?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "not given"})"
            );
    }
}

/// <summary>What a reward is compared with to become an advantage.</summary>
public enum AdvantageKind
{
    /// <summary>Nothing: the reward itself.</summary>
    None,

    /// <summary>The mean of its group (Shao et al. 2024, DeepSeekMath, arXiv 2402.03300).</summary>
    Grpo,

    /// <summary>The mean of the others of its group (Ahmadian et al. 2024, arXiv 2402.14740).</summary>
    Rloo,
}

/// <summary>Which of <see cref="OverOptimisation.KlEstimate"/>'s estimates is summed over the tokens of an answer.</summary>
public enum KlEstimator
{
    /// <summary>ln p − ln q: unbiased, may be negative. What RLOO and PPO take off the reward.</summary>
    K1,

    /// <summary>Half the square of k1: never negative, biased.</summary>
    K2,

    /// <summary>e^−k1 − 1 + k1: unbiased, never negative. What GRPO adds to its loss.</summary>
    K3,
}

/// <summary>What GRPO divides by; TRL's <c>scale_rewards</c>.</summary>
public enum RewardScale
{
    /// <summary>The standard deviation of the group: easy and hard prompts weigh alike.</summary>
    Group,

    /// <summary>The standard deviation of all rewards (Hu et al. 2025, arXiv 2508.08221).</summary>
    Batch,

    /// <summary>Nothing (Dr. GRPO: Liu et al. 2025, arXiv 2503.20783).</summary>
    None,
}
