using Assay.Data;
using Assay.Evaluation.Composites;
using Assay.Reward;
using static Assay.Serving.Tests.SmallRewardModel;

namespace Assay.Serving.Tests;

public sealed class CompositeServingTests
{
    private const double BatchRounding = 4e-5;

    /// <summary>1 where the last turn says yes.</summary>
    private sealed class SaysYes : IScorer
    {
        public IReadOnlyList<ScoreOutcome> Score(
            IReadOnlyList<Conversation> conversations,
            CancellationToken cancellationToken = default
        ) =>
            [
                .. conversations.Select(conversation =>
                    (ScoreOutcome)(conversation.Messages![^1].Content.Contains("yes", StringComparison.Ordinal) ? 1f : 0f)
                ),
            ];
    }

    private static CompositeScorer Composite(SmallRewardModel first, SmallRewardModel second, params IEnumerable<string> rules) =>
        new([
            (
                new CompositeComponent
                {
                    Name = "a",
                    Model = first.Folder,
                    Weight = 0.5,
                    Clip = (-0.2, 0.2),
                },
                RewardModel.Load(first.Folder),
                null
            ),
            (
                new CompositeComponent
                {
                    Name = "b",
                    Model = second.Folder,
                    Weight = -2,
                },
                RewardModel.Load(second.Folder),
                null
            ),
            .. rules.Select(rule =>
                (
                    new CompositeComponent
                    {
                        Name = rule,
                        Rule = rule,
                        Weight = 3,
                    },
                    (IScorer)new SaysYes(),
                    (Evaluation.Calibration.ReferenceScores?)null
                )
            ),
        ]);

    [Fact]
    public async Task Every_answer_has_the_weighted_sum_and_each_component()
    {
        using SmallRewardModel first = new(1),
            second = new(2);
        using RewardModel a = RewardModel.Load(first.Folder),
            b = RewardModel.Load(second.Folder);
        await using var server = await RunningServer.Start(RunningServer.Options with { FurtherNames = ["sum", "models"] });
        await server.Server.LoadCompositeAsync(() => (Composite(first, second, "yes"), "fingerprint-of-sum"), "sum");
        await server.Server.LoadCompositeAsync(() => (Composite(first, second), "fingerprint-of-models"), "models");
        var answer = await server.Succeed(
            "/v1/reward",
            """{"model": "sum", "prompt": "is water wet", "answers": ["yes of course", "no never"]}"""
        );
        Assert.Equal("fingerprint-of-sum", (string)answer["fingerprint"]!);
        foreach (var (text, i) in ((string, int)[])[("yes of course", 0), ("no never", 1)])
        {
            var result = answer["results"]![i]!;
            float rawA = a.Score([Turns("is water wet", text)])[0].Score,
                rawB = b.Score([Turns("is water wet", text)])[0].Score;
            Assert.Equal(
                [rawA, rawB, 1 - i],
                ((string[])["a", "b", "yes"]).Select(name => (double)result["components"]![name]!),
                (x, y) => Math.Abs(x - y) < BatchRounding
            );
            Assert.Equal((0.5 * Math.Clamp(rawA, -0.2, 0.2)) - (2 * rawB) + (3 * (1 - i)), (double)result["score"]!, BatchRounding);
        }
        var openrlhf = await server.Succeed("/get_reward?model=models", """{"query": ["is water wet", "no never"]}""");
        Assert.Equal(2, openrlhf["extra_logs"]!["reward_b"]!.AsArray().Count);
        Assert.Equal((double)openrlhf["extra_logs"]!["reward_b"]![1]!, (double)openrlhf["assay"]!["components"]![1]!["b"]!);
        Assert.Equal(b.Score([Conversation.OfText("no never")])[0].Score, (double)openrlhf["extra_logs"]!["reward_b"]![1]!, BatchRounding);
        // A rule does not know where the answer begins in a rendered text.
        var (status, problem, _) = await server.Post("/get_reward?model=sum", """{"query": ["is water wet"]}""");
        Assert.Equal(422, status);
        Assert.Contains("judges the last turn", problem!.ToJsonString(), StringComparison.Ordinal);
        Assert.Null((await server.Succeed("/v1/reward", """{"text": "is water wet"}"""))["results"]![0]!["components"]);
    }

    [Fact]
    public async Task Rules_alone_and_a_verdict_for_a_composite_are_refused()
    {
        using SmallRewardModel first = new(1),
            second = new(2);
        await using var server = RewardServer.Create(RunningServer.Options);
        var rules = new CompositeScorer([(new CompositeComponent { Name = "yes", Rule = "yes" }, new SaysYes(), null)]);
        Assert.Contains(
            "rules alone",
            (await Assert.ThrowsAsync<FormatException>(() => server.LoadCompositeAsync(() => (rules, "x")))).Message,
            StringComparison.Ordinal
        );
        await using var gated = RewardServer.Create(RunningServer.Options with { RequiresGate = true });
        Assert.Contains(
            "no verdict",
            (await Assert.ThrowsAsync<FormatException>(() => gated.LoadCompositeAsync(() => (Composite(first, second), "x")))).Message,
            StringComparison.Ordinal
        );
    }
}
