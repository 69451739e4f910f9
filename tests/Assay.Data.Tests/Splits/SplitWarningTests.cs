using Assay.Data.Splits;

namespace Assay.Data.Tests.Splits;

public sealed class SplitWarningTests
{
    private static PreferencePair[] Pairs(int count) =>
        [
            .. Enumerable
                .Range(1, count)
                .Select(row =>
                {
                    var prompt = $"question {row} about {row * 31} ?";
                    return new PreferencePair
                    {
                        Row = row,
                        Prompt = prompt,
                        PromptTextLength = prompt.Length,
                        Chosen = Conversation.OfText(prompt + " yes"),
                        Rejected = Conversation.OfText(prompt + " no"),
                    };
                }),
        ];

    private static PairSplit Split(IReadOnlyList<PreferencePair> pairs, long seed = 0, double share = 0.1) =>
        PairSplitter.Split(pairs, new SplitOptions { EvalShare = share, Seed = seed });

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    public void A_training_side_has_nothing_to_hold_out_with_the_same_seed_and_share(double share)
    {
        var pairs = Pairs(400);
        var first = Split(pairs, share: share);
        Assert.Null(SplitWarning.Of(first));
        PreferencePair[] train = [.. first.Train.Select((row, i) => pairs[row - 1] with { Row = i + 1 })];
        Assert.Contains(
            "ask for another share or seed",
            Assert.Throws<SplitException>(() => Split(train, share: share)).Message,
            StringComparison.Ordinal
        );
        Assert.Null(SplitWarning.Of(Split(train, seed: 1, share: share)));
    }

    [Fact]
    public void A_larger_share_of_a_training_side_is_noticed_too()
    {
        var pairs = Pairs(2000);
        PreferencePair[] train = [.. Split(pairs).Train.Select((row, i) => pairs[row - 1] with { Row = i + 1 })];
        Assert.Contains("take another seed, such as --seed 1", SplitWarning.Of(Split(train, share: 0.15)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_few_groups_may_all_fall_on_one_side() => Assert.Null(SplitWarning.Of(Split(Pairs(12))));
}
