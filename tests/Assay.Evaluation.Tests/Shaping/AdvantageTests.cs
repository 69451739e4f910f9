using System.Text.Json.Nodes;
using Assay.Evaluation.OverOptimisation;
using Assay.Evaluation.Shaping;
using Assay.Evaluation.Tests.Goldens;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Shaping;

/// <summary>Advantages, KL estimators and the shaping of rewards, against what TRL recorded and against hand-made cases.</summary>
public sealed class AdvantageTests
{
    private static readonly int[] InFours = [.. Enumerable.Range(0, 12).Select(i => i / 4)];

    private static JsonObject Recorded =>
        JsonNode.Parse(File.ReadAllText(SharedInputs.PathOf("goldens", "training", "rl", "rl.json")))!.AsObject();

    private static double?[] Rewards(JsonNode recorded) => [.. recorded["rewards"]!.AsArray().Select(reward => (double?)reward)];

    public static TheoryData<string> RecordedRuns =>
        [
            "GRPO scale_rewards=group",
            "GRPO scale_rewards=batch",
            "GRPO scale_rewards=none",
            "RLOO normalize_advantages=False",
            "RLOO normalize_advantages=True",
        ];

    private static double[] Ours(string run, double?[] rewards) =>
        run.Split('=')[1] switch
        {
            "True" => Advantages.Rloo(rewards, InFours, normalize: true),
            "False" => Advantages.Rloo(rewards, InFours),
            var scale => Advantages.Grpo(rewards, InFours, Enum.Parse<RewardScale>(scale, ignoreCase: true)),
        };

    [SharedTheory]
    [MemberData(nameof(RecordedRuns))]
    public void Advantages_are_the_recorded_ones(string run)
    {
        var recorded = Recorded;
        var (mine, expected) = (Ours(run, Rewards(recorded)), recorded["advantages"]![run]!);
        Assert.Equal(expected["formula_fp64"]!.AsArray().Count, mine.Length);
        Assert.Equal(mine.Length, expected["trl_fp32"]!.AsArray().Count);
        foreach (var (ours, exact, trl) in mine.Zip(expected["formula_fp64"].Numbers(), expected["trl_fp32"].Numbers()))
        {
            Assert.Equal(exact, ours, 1e-14);
            Assert.Equal(trl, ours, 1e-6);
        }
        // Without the 1e-4 that is added to a deviation, the difference shows.
        if (run.EndsWith("group", StringComparison.Ordinal))
            Assert.NotEqual(expected["formula_fp64"].Numbers()[0] * (1 + Advantages.Epsilon), mine[0], 1e-6);
    }

    [SharedFact]
    public void What_TRL_logs_of_rewards_is_ours()
    {
        var recorded = Recorded;
        var logged = recorded["advantages"]!["GRPO scale_rewards=group"]!["logged"]!;
        var shaped = ShapedRewards.Of([.. Rewards(recorded).Select((score, i) => Row(score, i / 4))], new RewardShaping());
        Assert.Equal(logged["reward"].Number(), shaped.RewardMean, 1e-6);
        Assert.Equal(logged["reward_std"].Number(), shaped.RewardStd, 1e-6);
        Assert.Equal(logged["frac_reward_zero_std"].Number(), shaped.FracRewardZeroStd, 1e-6);
        Assert.Equal((12, 1, 3), (shaped.Answers, shaped.Unscored, shaped.Groups));
    }

    [SharedFact]
    public void A_KL_penalty_is_taken_off_the_reward_as_RLOO_does_it()
    {
        var recorded = Recorded;
        var run = recorded["RLOO beta=0.05"]!;
        var (policy, reference, mask) = (run["policy_logps"].Rows(), run["reference_logps"].Rows(), run["completion_mask"].Rows());
        RewardRow[] answers =
        [
            .. Rewards(recorded)
                .Select(
                    (score, i) =>
                        Row(score, i / 4) with
                        {
                            Estimates =
                            [
                                .. policy[i].Zip(reference[i], (p, q) => new KlEstimate(p, q)).Where((_, token) => mask[i][token] != 0),
                            ],
                        }
                ),
        ];
        Assert.All(
            run["kl_of_each_sequence"].Numbers().Zip(answers),
            pair => Assert.Equal(pair.First, pair.Second.KullbackLeibler(KlEstimator.K1), 1e-5),
            throwIfEmpty: true
        );

        var shaping = new RewardShaping { Advantage = AdvantageKind.Rloo, Beta = 0.05 };
        Assert.All(
            run["trl_fp32"].Numbers().Zip(shaping.AdvantagesOf(answers, shaping.Rewards(answers))),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6),
            throwIfEmpty: true
        );
        var without = shaping with { Beta = 0 };
        Assert.NotEqual(run["trl_fp32"].Numbers()[4], without.AdvantagesOf(answers, without.Rewards(answers))[4], 1e-2);
    }

    [SharedFact]
    public void Estimators_of_KL_are_the_recorded_ones()
    {
        var recorded = Recorded;
        foreach (var row in recorded["kl_estimators"]!["table"]!.AsArray())
        {
            var ours = new KlEstimate(row!["logp"].Number(), row["ref_logp"].Number());
            foreach (var (name, value) in (ReadOnlySpan<(string, double)>)[("k1", ours.K1), ("k2", ours.K2), ("k3", ours.K3)])
                Assert.Equal(row[name].Number(), value, 1e-14 * Math.Max(1, Math.Abs(row[name].Number())));
        }
        var grpo = recorded["GRPO beta=0.04"]!;
        var (policy, reference, expected) = (grpo["policy_logps"].Rows(), grpo["reference_logps"].Rows(), grpo["k3_per_token"].Rows());
        for (var i = 0; i < expected.Length; i++)
        {
            for (var token = 0; token < expected[i].Length; token++)
                Assert.Equal(expected[i][token], new KlEstimate(policy[i][token], reference[i][token]).K3, 1e-12);
        }
    }

    [Fact]
    public void An_answer_alone_in_its_group_has_nothing_to_be_compared_with()
    {
        double?[] rewards = [1, null, 2, 4];
        int[] groups = [7, 7, 9, 9];
        Assert.Equal([0, 0, -2, 2], Advantages.Rloo(rewards, groups));
        Assert.Equal([0, 0, -1, 1], Advantages.Grpo(rewards, groups, RewardScale.None));
        Assert.Equal(0.5, Advantages.ShareWithoutSpread(rewards, groups));
        Assert.Throws<ArgumentException>(() => Advantages.Rloo([double.NaN], [0]));
        Assert.Throws<ArgumentException>(() => Advantages.Rloo([1, 2], [0]));
    }

    [Fact]
    public void Penalties_clip_and_whitening_follow_in_their_order()
    {
        RewardRow[] answers =
        [
            Row(3, 0) with
            {
                Tokens = 10,
            },
            Row(-8, 0) with
            {
                Tokens = 95,
            },
            Row(null, 0),
            Row(2, 0) with
            {
                Tokens = 120,
            },
        ];
        Assert.Equal([2, -17.5, null, -10], new RewardShaping { LengthPenalty = 0.1 }.Rewards(answers));
        Assert.Equal([2, -5, null, -5], new RewardShaping { LengthPenalty = 0.1, RewardClipRange = (-5, 5) }.Rewards(answers));
        Assert.Equal([3, -8.75, null, 1], new RewardShaping { MaxCompletionLength = 100, SoftPunishCache = 20 }.Rewards(answers));
        Assert.Equal([3, -8, null, 1], new RewardShaping { MaxCompletionLength = 100 }.Rewards(answers));

        var whitened = new RewardShaping { WhitenRewards = true }.Rewards(answers);
        Assert.Equal(-1, whitened.OfType<double>().Average(), 1e-12);
        Assert.Equal(1, Math.Sqrt(whitened.OfType<double>().Sum(reward => (reward + 1) * (reward + 1)) / 2), 1e-8);
        Assert.Null(whitened[2]);
    }

    public static TheoryData<RewardShaping, string> Refused =>
        new()
        {
            {
                new() { LengthPenalty = 1 },
                "row 0: the answer has no length, wanted completion_tokens"
            },
            {
                new() { Beta = 1 },
                "row 0: a KL penalty is asked for, wanted logprobs and ref_logprobs"
            },
            {
                new() { Beta = 1, KlEstimator = KlEstimator.K3 },
                "row 0: k3 is no function of a sum"
            },
            {
                new() { Beta = -1 },
                "beta is -1"
            },
            {
                new() { RewardClipRange = (1, 1) },
                "reward_clip_range is 1 to 1"
            },
            {
                new() { SoftPunishCache = 5 },
                "soft_punish_cache is 5, wanted 0 to max_completion_length (not given)"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_a_setting_needs_and_an_answer_has_not_is_named(RewardShaping shaping, string message) =>
        Assert.Contains(message, Assert.Throws<EvaluationException>(() => shaping.Rewards([Row(1, 0)])).Message, StringComparison.Ordinal);

    private static RewardRow Row(double? score, int group) =>
        new()
        {
            Where = "row 0",
            Line = [],
            Group = group,
            Score = score,
        };
}
