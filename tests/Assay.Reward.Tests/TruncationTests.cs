using Assay.Data;
using Assay.Testing;

namespace Assay.Reward.Tests;

/// <summary>Cut at the right as transformers cuts: content goes, what the tokenizer puts at the end stays.</summary>
public sealed class TruncationTests
{
    private const int Longest = 16;

    private static readonly Conversation Long = Conversation.OfMessages(
            new Message("user", "why ?"),
            new Message("assistant", string.Join(' ', Enumerable.Range(1, 60)))
        ),
        Short = Conversation.OfMessages(new Message("user", "why ?"), new Message("assistant", "so ."));

    private static RewardModel Load(string checkpoint) =>
        RewardModel.Load(SharedInputs.PathOf("goldens", "training", "checkpoints", checkpoint));

    [SharedTheory]
    [InlineData("bert-rm")]
    [InlineData("llama-rm")]
    public void A_long_text_is_cut_at_the_right_and_scores_as_its_beginning(string checkpoint)
    {
        using var model = Load(checkpoint);
        var (whole, small) = (model.Encode(Long).Ids, model.Encode(Short).Ids);
        var longest = small.Length + 4;
        model.MaxLength = longest;
        Assert.Equal("over_length", model.Score([Long])[0].Refusal!.Code);

        model.Truncation = Truncation.Right;
        var cut = model.Encode(Long).Ids;
        Assert.Equal(longest, cut.Length);
        // Whatever stands at the end of every text of this tokenizer, though not of the template, is kept.
        var end = cut.Length - cut.Zip(whole).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.True(end <= 1);
        Assert.Equal(whole[^end..], cut[^end..]);
        Assert.Equal(model.ScoreIds([cut])[0], model.Score([Long])[0].Score);
        Assert.Equal(small, model.Encode(Short).Ids);
        Assert.Equal(whole.Length, model.TokenCount(Long));
    }

    [SharedFact]
    public void The_tokenizers_own_end_of_text_stays()
    {
        // all-MiniLM puts [CLS] (101) before a text and [SEP] (102) after it.
        using var model = RewardModel.LoadForTraining(SharedInputs.PathOf("models", "all-minilm-l6-v2"), 0);
        var text = Conversation.OfText(string.Join(' ', Enumerable.Repeat("word", 80)));
        var whole = model.Encode(text).Ids;
        model.MaxLength = Longest;
        model.Truncation = Truncation.Right;
        var cut = model.Encode(text).Ids;
        Assert.Equal((Longest, 101, 102), (cut.Length, cut[0], cut[^1]));
        Assert.Equal(whole[..(Longest - 1)], cut[..^1]);
    }
}
