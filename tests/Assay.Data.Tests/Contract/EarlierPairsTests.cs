using System.Text.Json.Nodes;
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

    [Fact]
    public void Every_turn_before_the_answer_and_the_tools_are_a_part_of_the_pair()
    {
        var earlier = new EarlierPairs();
        Assert.Null(earlier.Add(After("Be brief.", null)));
        Assert.Null(earlier.Add(After("Be thorough.", null)));
        Assert.Null(earlier.Add(After("Be brief.", """[{"name":"clock"}]""")));
        Assert.Null(earlier.Add(After("Be brief.", """[{"name":"calendar"}]""")));
        Assert.Equal(Reason.DuplicateRow, earlier.Add(After("Be brief.", """[{"name":"clock"}]"""))?.Reason);

        static PreferencePair After(string system, string? tools)
        {
            Conversation Side(string answer) =>
                Conversation.OfMessages(new Message("system", system), new Message("user", "q"), new Message("assistant", answer)) with
                {
                    Tools = tools is null ? null : JsonNode.Parse(tools)!.AsArray(),
                };
            return Pair("q", "a", "b") with { PromptMessageCount = 2, Chosen = Side("a"), Rejected = Side("b") };
        }
    }
}
