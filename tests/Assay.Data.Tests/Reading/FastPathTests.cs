using System.Text;
using System.Text.Json;
using Assay.Data.Reading;
using Assay.Data.Reading.Formats;

namespace Assay.Data.Tests.Reading;

/// <summary>What reading does to be fast, against the plain way.</summary>
public class FastPathTests
{
    [Fact]
    public void A_name_that_is_there_is_never_denied()
    {
        var random = new Random(6);
        for (var repeat = 0; repeat < 3000; repeat++)
        {
            List<string> names = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Name(random)).Distinct()];
            var text =
                "{" + string.Join(",", names.Select(name => $"\"{(random.Next(10) == 0 ? Escaped(name) : name)}\":1")) + ",\"\":0,\"é\":2}";
            using var row = JsonDocument.Parse(text.Replace("{,", "{", StringComparison.Ordinal));
            var held = new JsonNames(row.RootElement);
            Assert.All(names, name => Assert.True(held.MayHold(name), $"{name} in {text}"), throwIfEmpty: true);
        }
    }

    [Fact]
    public void Most_names_that_are_not_there_are_denied()
    {
        using var row = JsonDocument.Parse("""{"id":1,"source":"s","prompt":"p","chosen":"a","rejected":"b","label":"chosen"}""");
        var held = new JsonNames(row.RootElement);
        string[] asked =
        [
            "provenance",
            "meta",
            "subset",
            "margin",
            "tools",
            "chat_template_kwargs",
            "votes",
            "annotators",
            "annotator",
            "judge",
            "time",
            "timestamp",
            "batch",
            "sampling",
            "source_prompt",
            "prompt_id",
            "chosen_model",
            "model_a",
        ];
        Assert.True(asked.Count(held.MayHold) <= 3, string.Join(", ", asked.Where(held.MayHold)));
    }

    [Theory]
    [InlineData("""\n\nHuman: a""", true)]
    [InlineData("""\n\nAssistant: a""", true)]
    [InlineData("""\u000a\u000AHuman: a""", true)]
    [InlineData("""\n\u000aAss\u0069stant: a""", true)]
    [InlineData("""\n\nHumans: a""", false)]
    [InlineData("""\nHuman: a""", false)]
    [InlineData("""\r\n\nHuman: a""", false)]
    [InlineData("Human: a", false)]
    [InlineData("", false)]
    [InlineData("""\\n\\nHuman: a""", false)]
    public void A_transcript_is_told_by_its_beginning_however_it_is_escaped(string json, bool expected)
    {
        using var row = JsonDocument.Parse($$"""{"chosen":"{{json}}","rejected":"\n\nHuman: b"}""");
        Assert.Equal(expected, HhTranscriptFormat.IsTranscript(row.RootElement));
    }

    [Fact]
    public void An_answer_looked_at_is_the_answer_copied()
    {
        var text = new PreferencePair
        {
            Row = 1,
            Chosen = Conversation.OfText("prompt answer"),
            Rejected = Conversation.OfText("prompt "),
            PromptTextLength = 7,
        };
        var turns = new PreferencePair
        {
            Row = 1,
            PromptMessageCount = 1,
            Chosen = Conversation.OfMessages(new Message("user", "q"), new Message("assistant", "one"), new Message("assistant", "two")),
            Rejected = Conversation.OfMessages(new Message("user", "q"), new Message("assistant", "one")),
        };
        foreach (var pair in (ReadOnlySpan<PreferencePair>)[text, turns])
        {
            Assert.Equal(pair.ChosenAnswer, pair.ChosenAnswerSpan.ToString());
            Assert.Equal(pair.RejectedAnswer, pair.RejectedAnswerSpan.ToString());
        }
        Assert.Equal("one\n\ntwo", turns.ChosenAnswer);
    }

    private static string Name(Random random)
    {
        var name = new StringBuilder();
        for (var left = random.Next(1, 20); left > 0; left--)
            name.Append((char)('a' + random.Next(26)));
        return name.ToString();
    }

    private static string Escaped(string name) => $"\\u{(int)name[0]:x4}{name[1..]}";
}
