using Assay.Data;
using Assay.Evaluation.Audits;

namespace Assay.Evaluation.Tests.Audits;

public sealed class SelfTestsTests
{
    private static readonly PreferencePair[] Pairs = [.. ProbeWorld.Pairs(8)];

    private sealed class BatchScorer(Func<IReadOnlyList<Conversation>, IReadOnlyList<float>> score) : IScorer
    {
        public IReadOnlyList<ScoreOutcome> Score(
            IReadOnlyList<Conversation> conversations,
            CancellationToken cancellationToken = default
        ) => [.. score(conversations)];
    }

    private static string[] Failed(Func<IReadOnlyList<Conversation>, IReadOnlyList<float>> score) =>
        [.. SelfTests.Run(new BatchScorer(score), Pairs).Where(test => !test.Passed).Select(test => test.Name)];

    private static float[] Sound(IReadOnlyList<Conversation> batch) => [.. batch.Select(ProbeWorld.Sound)];

    private static float[] Raised(IReadOnlyList<Conversation> batch, Func<int, bool> isRaised) =>
        [.. Sound(batch).Select((score, i) => isRaised(i) ? score + 1 : score)];

    [Fact]
    public void A_sound_scorer_passes_them_all()
    {
        var tests = SelfTests.Run(new BatchScorer(Sound), Pairs);
        Assert.Equal(["identical_pair", "swap", "batch_order", "batch_size", "repeated_call"], tests.Select(test => test.Name));
        Assert.All(
            tests,
            test => Assert.True(test.Passed && test.LargestDifference == 0 && test.Compared == 16 && test.Tolerance > 0),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void Rounding_passes()
    {
        var call = 0;
        Assert.Empty(Failed(batch => [.. Sound(batch).Select(score => score + 1e-6f * (++call % 7))]));
    }

    [Fact]
    public void The_same_text_scored_otherwise_the_second_time_fails_identical_pair() =>
        Assert.Equal(["identical_pair"], Failed(batch => Raised(batch, i => i > 0 && batch[i] == batch[i - 1])));

    [Fact]
    public void A_score_that_depends_on_the_side_fails_swap() =>
        Assert.Equal(["swap"], Failed(batch => Raised(batch, i => batch.Count == 2 && i == 0)));

    [Fact]
    public void A_score_that_depends_on_the_neighbours_fails_batch_order()
    {
        IReadOnlyList<Conversation>? first = null;
        Assert.Equal(["batch_order"], Failed(batch => Raised(batch, _ => batch.Count == 16 && !batch.SequenceEqual(first ??= batch))));
    }

    [Fact]
    public void A_score_that_depends_on_padding_fails_batch_size() =>
        Assert.Equal(["batch_size"], Failed(batch => Raised(batch, _ => batch.Count == 1)));

    [Fact]
    public void A_score_that_drifts_fails_repeated_call()
    {
        Conversation[] inOrder = [.. Pairs.Select(pair => pair.Chosen), .. Pairs.Select(pair => pair.Rejected)];
        var calls = 0;
        Assert.Equal(
            ["repeated_call"],
            Failed(batch => batch.SequenceEqual(inOrder) && calls++ > 0 ? Raised(batch, _ => true) : Sound(batch))
        );
    }

    [Fact]
    public void A_score_that_is_no_number_fails_what_it_enters()
    {
        Assert.Contains("batch_size", Failed(batch => batch.Count == 1 ? [float.NaN] : Sound(batch)));
        Assert.False(SelfTests.Finite(100, 1).Passed);
        Assert.True(SelfTests.Finite(100, 0).Passed);
    }

    [Fact]
    public void A_missing_score_is_said_and_not_taken_for_another() =>
        Assert.Contains(
            "15 scores for 16",
            Assert.Throws<EvaluationException>(() => Failed(batch => [.. Sound(batch).SkipLast(batch.Count == 16 ? 1 : 0)])).Message,
            StringComparison.Ordinal
        );
}
