using Assay.Data.Contract;

namespace Assay.Data.Tests.Contract;

/// <summary>Exact duplicates, as readers other than <c>check</c> find them.</summary>
public class EarlierPairsTests
{
    private static PreferencePair Pair(string prompt, string chosen, string rejected, string? id = null) =>
        new()
        {
            Row = 1,
            Id = id,
            Prompt = prompt,
            PromptMessageCount = 1,
            Chosen = Conversation.OfMessages(new Message("user", prompt), new Message("assistant", chosen)),
            Rejected = Conversation.OfMessages(new Message("user", prompt), new Message("assistant", rejected)),
        };

    [Fact]
    public void The_first_of_several_stays_whatever_they_are_called()
    {
        var earlier = new EarlierPairs();
        Assert.Null(earlier.Add(Pair("q", "a", "b", "one")));
        Assert.Equal(Reason.DuplicateRow, earlier.Add(Pair("q", "a", "b", "two"))?.Reason);
        Assert.Equal(Reason.DuplicateRow, earlier.Add(Pair("q", "a", "b"))?.Reason);
    }

    [Fact]
    public void Another_prompt_another_answer_and_the_opposite_label_are_no_duplicates()
    {
        var earlier = new EarlierPairs();
        foreach (
            var pair in (PreferencePair[])
                [Pair("q", "a", "b"), Pair("r", "a", "b"), Pair("q", "a", "c"), Pair("q", "b", "a"), Pair("q", "a ", "b")]
        )
            Assert.Null(earlier.Add(pair));
    }
}
