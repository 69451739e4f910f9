using Assay.Data.Reading;

namespace Assay.Data.Tests.Reading;

public sealed class ConversationReaderTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Messages_come_out_as_a_conversation_with_its_id()
    {
        var row = Assert.Single(
            Read("""{"id": "a", "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""")
        );
        Assert.Equal("a", row.Id);
        Assert.Equal([new Message("user", "q"), new Message("assistant", "a")], row.Conversation!.Messages!);
    }

    [Fact]
    public void Prompt_and_completion_as_text_are_joined_without_a_separator() =>
        Assert.Equal("qa", Assert.Single(Read("""{"prompt": "q", "completion": "a"}""")).Conversation!.Text);

    [Fact]
    public void Prompt_and_completion_as_messages_are_one_conversation() =>
        Assert.Equal(
            2,
            Assert.Single(Read("""{"prompt": [{"role": "user", "content": "q"}], "completion": "a"}""")).Conversation!.Messages!.Count
        );

    [Fact]
    public void A_pair_comes_out_as_a_pair_also_when_it_is_a_tie()
    {
        Assert.NotNull(Assert.Single(Read("""{"prompt": "q", "chosen": "a", "rejected": "b"}""")).Pair);
        Assert.NotNull(Assert.Single(Read("""{"prompt": "q", "chosen": "a", "rejected": "b", "label": "tie"}""")).Pair);
    }

    [Theory]
    [InlineData("""{"messages": "q"}""", "messages")]
    [InlineData("""{"messages": [{"role": "user"}]}""", "messages[0].content")]
    [InlineData("""{"question": "q"}""", "neither a conversation")]
    [InlineData("""{"messages": [""", "the line ends in the middle")]
    [InlineData("""7""", "an object was wanted")]
    public void A_row_that_cannot_be_scored_says_why(string line, string reason)
    {
        var row = Assert.Single(Read(line));
        Assert.Null(row.Conversation);
        Assert.Contains(reason, row.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""")]
    [InlineData("""{"messages":[{"role":"human","content":"q"},{"role":"gpt","content":"a"}]}""")]
    [InlineData("""{"prompt":"q","history":[],"response":"a"}""")]
    [InlineData("""{"conversation":[{"input":"q","output":"a"}]}""")]
    public void Speakers_and_lists_by_other_names(string line) =>
        Assert.Equal([new Message("user", "q"), new Message("assistant", "a")], Assert.Single(Read(line)).Conversation!.Messages!);

    [Theory]
    [InlineData("""{"system":"s","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}""")]
    [InlineData("""{"system_prompt":"s","prompt":"q","completion":"a"}""")]
    [InlineData("""{"system":"s","prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"a"}]}""")]
    public void A_system_message_beside_a_conversation_is_its_first_turn(string line) =>
        Assert.Equal("s q a", string.Join(' ', Assert.Single(Read(line)).Conversation!.Messages!.Select(turn => turn.Content)));

    [Theory]
    [InlineData("""{"id":"r7","messages":[{"role":"user","content":"q"}]}""", "final_turn_not_assistant")]
    [InlineData("""{"id":"r7","prompt":"q","completion":"a","passage":"A text of some words."}""", "unread_context: \"passage\"")]
    [InlineData("""{"id":"r7","text":"What is two plus two?","chosen":"4","rejected":"5"}""", "unread_context: \"text\"")]
    [InlineData("""{"id":"r7","prompt":"q","completions":["one","two"],"labels":[true,false]}""", "process labels")]
    [InlineData(
        """{"id":"r7","messages":[{"role":"user","content":[{"type":"image"}]},{"role":"assistant","content":"a"}]}""",
        "this model reads text"
    )]
    [InlineData("""{"id":"r7","prompt":"q","chosen":5,"rejected":"a"}""", "chosen")]
    public void An_error_names_the_row_and_the_cause(string line, string reason)
    {
        var row = Assert.Single(Read(line));
        Assert.Equal("r7", row.Id);
        Assert.Contains(reason, row.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt":"q","completions":["a","b","c"]}""", 3)]
    [InlineData("""{"prompt":"q","response_a":"a","response_b":"b"}""", 2)]
    [InlineData("""{"prompt":"q","responses":["a","b"],"scores":[1,2]}""", 2)]
    public void Candidates_that_nobody_judged_come_out_in_their_order(string line, int count)
    {
        var candidates = Assert.Single(Read(line)).Candidates!;
        Assert.Equal(count, candidates.Count);
        Assert.EndsWith("a", candidates[0].Text ?? candidates[0].Messages![^1].Content);
    }

    [Fact]
    public void Texts_that_touch_are_noticed() =>
        Assert.Equal(
            [true, false],
            Read("{\"prompt\":\"two?\",\"completion\":\"It is 2.\"}\n{\"prompt\":\"two?\",\"completion\":\" It is 2.\"}")
                .Select(row => row.JoinsTexts)
        );

    [Fact]
    public void Rows_keep_their_order_and_line_numbers()
    {
        var rows = Read("{\"text\": \"a\"}\n{\"nothing\": 1}\n{\"text\": \"b\"}\n");
        Assert.Equal([1, 2, 3], rows.Select(row => row.Line));
        Assert.Equal(["a", null, "b"], rows.Select(row => row.Conversation?.Text));
    }

    private List<ConversationRow> Read(string content)
    {
        File.WriteAllText(_path, content);
        using var reader = ConversationReader.Open(_path);
        return [.. reader.Read()];
    }
}
