using Assay.Data.Splits;

namespace Assay.Data.Tests.Splits;

public sealed class PromptFoldsTests
{
    private static PreferencePair Pair(long row, string prompt) =>
        new()
        {
            Row = row,
            Prompt = prompt,
            PromptMessageCount = 1,
            Chosen = Conversation.OfMessages(new Message("user", prompt), new Message("assistant", $"yes {row}")),
            Rejected = Conversation.OfMessages(new Message("user", prompt), new Message("assistant", $"no {row}")),
        };

    /// <summary>Prompts of one to four pairs, in mixed order; case and punctuation differ within a prompt.</summary>
    private static PreferencePair[] Pairs(int prompts) =>
        [
            .. Enumerable
                .Range(0, prompts)
                .SelectMany(prompt => Enumerable.Range(0, 1 + prompt % 4).Select(copy => (prompt, copy)))
                .OrderBy(entry => entry.copy)
                .Select((entry, i) => Pair(i + 1, entry.copy % 2 == 0 ? $"question {entry.prompt}" : $"Question {entry.prompt}?")),
        ];

    private static string Key(PreferencePair pair) => pair.Prompt.ToLowerInvariant().TrimEnd('?');

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(40)]
    public void A_prompt_is_in_one_fold_and_folds_are_of_like_size(int folds)
    {
        var pairs = Pairs(40);
        var dealt = PromptFolds.Of(pairs, folds, seed: 3);
        Assert.Equal(40, dealt.Groups);
        Assert.All(
            pairs.Zip(dealt.Folds).GroupBy(entry => Key(entry.First)),
            prompt => Assert.Single(prompt.Select(entry => entry.Second).Distinct()),
            throwIfEmpty: true
        );
        int[] sizes = [.. Enumerable.Range(0, folds).Select(fold => dealt.Folds.Count(other => other == fold))];
        Assert.InRange(sizes.Max() - sizes.Min(), 0, 4);
        Assert.True(sizes.Min() > 0);
    }

    [Fact]
    public void The_order_of_rows_changes_nothing_and_another_seed_deals_otherwise()
    {
        var pairs = Pairs(40);
        PreferencePair[] turned = [.. pairs.Reverse()];
        Assert.Equal(PromptFolds.Of(pairs, 5, 3).Folds, PromptFolds.Of(turned, 5, 3).Folds.Reverse());
        Assert.NotEqual(PromptFolds.Of(pairs, 5, 3).Folds, PromptFolds.Of(pairs, 5, 4).Folds);
    }

    [Fact]
    public void Fewer_prompts_than_folds_are_refused_with_both_numbers()
    {
        Assert.Contains(
            "5 folds need 5 prompts or more, and 10 usable pairs have 4",
            Assert.Throws<SplitException>(() => PromptFolds.Of(Pairs(4), 5, 0)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "one prompt",
            Assert.Throws<SplitException>(() => PromptFolds.Of(Pairs(1), 2, 0)).Message,
            StringComparison.Ordinal
        );
    }
}
