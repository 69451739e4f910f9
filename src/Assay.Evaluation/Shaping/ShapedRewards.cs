using System.Text.Json.Nodes;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Shaping;

/// <summary>The answers of a file with their rewards and advantages, and what is to be known of them as a whole.</summary>
public sealed record ShapedRewards
{
    private readonly IReadOnlyList<RewardRow> _answers;
    private readonly IReadOnlyList<double?> _rewards;
    private readonly IReadOnlyList<double> _advantages;
    private readonly KlEstimator? _kl;

    private ShapedRewards(
        IReadOnlyList<RewardRow> answers,
        IReadOnlyList<double?> rewards,
        IReadOnlyList<double> advantages,
        KlEstimator? kl
    ) => (_answers, _rewards, _advantages, _kl) = (answers, rewards, advantages, kl);

    /// <summary>Answers read.</summary>
    public int Answers => _answers.Count;

    /// <summary>Answers without a score; their advantage is 0.</summary>
    public int Unscored => _rewards.Count(reward => reward is null);

    /// <summary>Groups of answers.</summary>
    public int Groups => _answers.Select(answer => answer.Group).Distinct().Count();

    /// <summary>Mean of the rewards there are; NaN without any.</summary>
    public double RewardMean => _rewards.OfType<double>().ToArray() is { Length: > 0 } scored ? Moments.Mean(scored) : double.NaN;

    /// <summary>Their standard deviation, divisor n − 1.</summary>
    public double RewardStd => Advantages.Deviation(_rewards);

    /// <summary><see cref="Advantages.ShareWithoutSpread"/>.</summary>
    public double FracRewardZeroStd => Advantages.ShareWithoutSpread(_rewards, [.. _answers.Select(answer => answer.Group)]);

    /// <summary>Shapes the rewards of answers.</summary>
    /// <exception cref="EvaluationException">As <see cref="RewardShaping.Rewards"/>.</exception>
    public static ShapedRewards Of(IReadOnlyList<RewardRow> answers, RewardShaping shaping)
    {
        var rewards = shaping.Rewards(answers);
        return new(answers, rewards, shaping.AdvantagesOf(answers, rewards), shaping.NeedsKl ? shaping.KlEstimator : null);
    }

    /// <summary>
    /// The lines as they were read, each with <c>shaped_reward</c> (null without a score), <c>advantage</c>, and <c>kl</c> where a KL
    /// penalty was taken off.
    /// </summary>
    public IEnumerable<JsonObject> Lines() =>
        _answers.Select(
            (answer, i) =>
            {
                var line = (JsonObject)answer.Line.DeepClone();
                line["shaped_reward"] = _rewards[i];
                line["advantage"] = _advantages[i];
                if (_kl is { } estimator && answer.Score is not null)
                    line["kl"] = answer.KullbackLeibler(estimator);
                return line;
            }
        );
}
