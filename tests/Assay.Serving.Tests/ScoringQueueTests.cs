using Assay.Data;
using Assay.Reward;
using Assay.Reward.Scoring;
using Microsoft.Extensions.DependencyInjection;

namespace Assay.Serving.Tests;

public sealed class ScoringQueueTests : IDisposable
{
    private static readonly ScoringQueueOptions Patient = new() { MaxDelay = TimeSpan.FromMinutes(10), BatchTokens = 1 << 20 };

    private readonly SmallRewardModel files = new();
    private readonly RewardModel model;

    public ScoringQueueTests() => model = RewardModel.Load(files.Folder);

    public void Dispose()
    {
        model.Dispose();
        files.Dispose();
    }

    private static int[][] Sequences(int seed, int count)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, random.Next(1, 90)).Select(_ => random.Next(6, 28)).ToArray()),
        ];
    }

    [Theory]
    [InlineData(BatchRounding.Excluded)]
    [InlineData(BatchRounding.Tolerated)]
    public async Task Neighbours_move_a_score_not_in_one_bit_where_that_is_excluded_and_do_where_it_is_tolerated(BatchRounding rounding)
    {
        var sequences = Sequences(5, 60);
        sequences = [.. sequences, .. sequences.Take(8).Select(sequence => (int[])[.. sequence, 7, 9])]; // and some that begin alike
        using var queue = new ScoringQueue(
            model,
            new ScoringQueueOptions { Rounding = rounding, MaxDelay = TimeSpan.FromMilliseconds(50) }
        );
        var alone = new float[sequences.Length];
        for (var i = 0; i < alone.Length; i++)
            alone[i] = (await queue.ScoreIdsAsync([sequences[i]]))[0];
        var differing = 0;
        foreach (var size in new[] { 2, 7, sequences.Length })
        {
            var order = Enumerable.Range(0, sequences.Length).OrderBy(i => (i * 37) % 68).Take(size).ToArray();
            var together = await Task.WhenAll(order.Select(i => queue.ScoreIdsAsync([sequences[i]])));
            differing += order
                .Where((i, at) => BitConverter.SingleToInt32Bits(alone[i]) != BitConverter.SingleToInt32Bits(together[at][0]))
                .Count();
        }
        if (rounding == BatchRounding.Excluded)
            Assert.Equal(0, differing);
        else
            Assert.NotEqual(0, differing);
    }

    [Fact]
    public async Task Many_callers_at_once_each_get_their_own_scores()
    {
        var conversations = Enumerable
            .Range(0, 200)
            .Select(i =>
                SmallRewardModel.Turns(
                    SmallRewardModel.Text(new Random(i), 1 + (i % 40)),
                    SmallRewardModel.Text(new Random(i + 1000), 1 + (i % 7))
                )
            )
            .ToArray();
        var expected = model.Score(conversations).Select(outcome => outcome.Score).ToArray();
        Assert.True(expected.Distinct().Count() > 150);
        var answers = await Task.WhenAll(conversations.Select(conversation => Task.Run(() => model.ScoreAsync([conversation]))));
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], answers[i][0].Score, 2e-5f);
    }

    [Fact]
    public async Task A_long_list_goes_in_several_batches_and_comes_back_in_its_order()
    {
        var sequences = Sequences(9, 300);
        var expected = model.ScoreIds(sequences);
        using var queue = new ScoringQueue(model, new ScoringQueueOptions { BatchTokens = 128 });
        var scores = await queue.ScoreIdsAsync(sequences);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], scores[i], 2e-5f);
        Assert.Empty(await queue.ScoreIdsAsync([]));
    }

    [Fact]
    public async Task What_exceeds_the_limit_is_refused_and_taken_again_when_there_is_room()
    {
        using var queue = new ScoringQueue(model, Patient with { MaxWaiting = 3 });
        using var leaves = new CancellationTokenSource();
        var first = queue.ScoreIdsAsync(Sequences(1, 3), leaves.Token);
        var refused = await Assert.ThrowsAsync<QueueFullException>(() => queue.ScoreIdsAsync(Sequences(2, 1)));
        Assert.True(refused.RetryAfter >= TimeSpan.FromSeconds(1));
        leaves.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(0, queue.WaitingSequences);
        var taken = queue.ScoreIdsAsync(Sequences(2, 1));
        await queue.DrainAsync();
        Assert.Single(await taken);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => queue.ScoreIdsAsync(Sequences(2, 1)));
    }

    [Fact]
    public async Task Who_leaves_costs_the_others_nothing()
    {
        var sequences = Sequences(3, 40);
        var expected = model.ScoreIds(sequences);
        using var queue = new ScoringQueue(model, Patient);
        using var leaves = new CancellationTokenSource();
        var asked = sequences.Select((sequence, i) => queue.ScoreIdsAsync([sequence], i % 3 == 0 ? leaves.Token : default)).ToArray();
        leaves.Cancel();
        await queue.DrainAsync();
        for (var i = 0; i < asked.Length; i++)
        {
            if (i % 3 == 0)
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked[i]);
            else
                Assert.Equal(expected[i], (await asked[i])[0], 2e-5f);
        }
    }

    [Fact]
    public async Task Disposing_cancels_what_waits_and_a_sequence_that_the_network_refuses_fails_its_caller_alone()
    {
        var queue = new ScoringQueue(model, Patient);
        var waits = queue.ScoreIdsAsync(Sequences(4, 2));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            queue.ScoreIdsAsync([
                [3, 100_000],
            ])
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            queue.ScoreIdsAsync([
                [],
            ])
        );
        queue.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
    }

    [Fact]
    public async Task A_conversation_that_is_refused_changes_nothing_for_its_neighbours()
    {
        var outcomes = await model.ScoreAsync([
            SmallRewardModel.Turns("is water wet", "yes"),
            Conversation.OfText(""),
            SmallRewardModel.Turns("is water wet", "no"),
        ]);
        Assert.Equal(model.Encode(Conversation.OfText("")).Refused is null, outcomes[1].Refusal is null);
        Assert.NotEqual(outcomes[0].Score, outcomes[2].Score);
    }

    [Fact]
    public async Task A_host_registers_a_model_once_and_scores_by_its_queue()
    {
        var services = new ServiceCollection().AddAssayRewardModel(files.Folder);
        await using var provider = services.BuildServiceProvider();
        var conversation = SmallRewardModel.Turns("is water wet", "yes");
        var outcome = (await provider.GetRequiredService<ScoringQueue>().ScoreAsync([conversation]))[0];
        Assert.Equal(model.Score([conversation])[0].Score, outcome.Score, 2e-5f);
        Assert.Same(provider.GetRequiredService<RewardModel>(), provider.GetRequiredService<RewardModel>());
    }
}
