using Assay.Data;
using Assay.Testing;
using Microsoft.Extensions.AI;

namespace Assay.Extensions.AI.Tests;

public sealed class BestOfNChatClientTests
{
    private static readonly ChatMessage[] Question = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "How many?")];

    // Scores an answer by the number in it.
    private static readonly FakeScorer ByNumber = new(conversation =>
        float.Parse(conversation.Messages![^1].Content.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)
    );

    private static ChatResponse Answer(string text, int tokens = 3) =>
        new(new ChatMessage(ChatRole.Assistant, text))
        {
            Usage = new UsageDetails { OutputTokenCount = tokens },
            ModelId = "scripted",
        };

    private static BestOfNResult Result(ChatResponse response) =>
        Assert.IsType<BestOfNResult>(response.AdditionalProperties![BestOfNResult.Key]);

    [Fact]
    public async Task The_answer_that_scores_highest_is_returned_with_what_all_of_them_used()
    {
        var inner = new ScriptedChatClient(call => Answer($"answer {(call * 7) % 5}"));
        using var client = new BestOfNChatClient(inner, ByNumber, new BestOfNOptions { Count = 5 });
        var response = await client.GetResponseAsync(Question);
        Assert.Equal("answer 4", response.Text);
        Assert.Equal((15, "scripted"), (response.Usage!.OutputTokenCount, response.ModelId));
        var result = Result(response);
        Assert.Equal(5, result.Candidates.Count);
        Assert.Equal([0f, 1, 2, 3, 4], result.Candidates.Select(candidate => candidate.Score!.Value).Order());
        Assert.Same(result.Candidates[result.Chosen].Response!.Messages, response.Messages);
        Assert.Equal(4, result.Candidates[result.Chosen].Score);
        // Another scorer chooses another answer from the same ones.
        using var worst = new BestOfNChatClient(
            new ScriptedChatClient(call => Answer($"answer {(call * 7) % 5}")),
            new FakeScorer(conversation => -ByNumber.Score([conversation])[0].Score),
            new BestOfNOptions { Count = 5 }
        );
        Assert.Equal("answer 0", (await worst.GetResponseAsync(Question)).Text);
    }

    [Fact]
    public async Task Of_equal_scores_the_first_is_taken()
    {
        using var client = new BestOfNChatClient(
            new ScriptedChatClient(call => Answer($"{call} scores 1")),
            ByNumber,
            new BestOfNOptions { Count = 3, MaxConcurrency = 1 }
        );
        Assert.Equal("0 scores 1", (await client.GetResponseAsync(Question)).Text);
    }

    [Fact]
    public async Task An_answer_that_fails_or_is_refused_leaves_the_others_and_is_reported()
    {
        var scorer = new FakeScorer(conversation =>
            conversation.Messages![^1].Content.StartsWith("long", StringComparison.Ordinal)
                ? new Refusal("too_long", "9 tokens; at most 8")
                : ByNumber.Score([conversation])[0]
        );
        using var client = new BestOfNChatClient(
            new ScriptedChatClient(call =>
                call switch
                {
                    0 => throw new HttpRequestException("503"),
                    1 => Answer("long 9"),
                    2 => Answer("NaN"),
                    _ => Answer("fine 1"),
                }
            ),
            scorer,
            new BestOfNOptions { Count = 4, MaxConcurrency = 1 }
        );
        var result = Result(await client.GetResponseAsync(Question));
        Assert.Equal(3, result.Chosen);
        Assert.Equal(
            ["503", "too_long: 9 tokens; at most 8", "score_not_finite: the model gave NaN", null],
            result.Candidates.Select(candidate => candidate.Problem)
        );

        using var none = new BestOfNChatClient(new ScriptedChatClient(_ => Answer("long 9")), scorer, new BestOfNOptions { Count = 2 });
        Assert.Contains(
            "too_long",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => none.GetResponseAsync(Question))).Message,
            StringComparison.Ordinal
        );
        using var broken = new BestOfNChatClient(
            new ScriptedChatClient(_ => throw new HttpRequestException("401")),
            scorer,
            new BestOfNOptions { Count = 2 }
        );
        Assert.Contains(
            "401",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => broken.GetResponseAsync(Question))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Each_answer_has_a_seed_of_its_own_and_no_more_run_at_once_than_asked()
    {
        var inner = new ScriptedChatClient(call => Answer($"a {call}"));
        using var client = new BestOfNChatClient(inner, ByNumber, new BestOfNOptions { Count = 6, MaxConcurrency = 2 });
        var options = new ChatOptions { Seed = 40 };
        await client.GetResponseAsync(Question, options);
        Assert.Equal([40, 41, 42, 43, 44, 45], inner.Asked.Select(asked => asked!.Seed!.Value).Order());
        Assert.Equal(40, options.Seed);
        Assert.InRange(inner.MostAtOnce, 1, 2);
    }

    [Fact]
    public async Task What_was_cancelled_ends_and_what_is_no_text_is_refused_before_anything_is_asked()
    {
        var inner = new ScriptedChatClient(call => Answer($"a {call}"));
        using var client = new BestOfNChatClient(inner, ByNumber);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.GetResponseAsync(Question, cancellationToken: new CancellationToken(canceled: true))
        );
        ChatMessage[] picture = [new(ChatRole.User, [new TextContent("What is this?"), new DataContent("data:image/png;base64,AAAA")])];
        Assert.Contains(
            "DataContent",
            (await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(picture))).Message,
            StringComparison.Ordinal
        );
        Assert.Empty(inner.Asked);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BestOfNChatClient(inner, ByNumber, new BestOfNOptions { Count = 0 }));
    }

    [Fact]
    public async Task It_streams_the_best_answer_and_stands_in_a_pipeline()
    {
        var client = new ScriptedChatClient(call => Answer($"a {call}"))
            .AsBuilder()
            .UseBestOfN(ByNumber, new BestOfNOptions { Count = 3 })
            .Build();
        var text = "";
        await foreach (var update in client.GetStreamingResponseAsync(Question))
            text += update.Text;
        Assert.Equal("a 2", text);
    }
}
