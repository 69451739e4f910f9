using Assay.Judges.Local;
using Assay.Testing;
using Microsoft.Extensions.AI;

namespace Assay.Judges.Tests;

/// <summary>A real small model on this machine.</summary>
public sealed class GgufChatClientTests
{
    private static GgufChatClient Load(int? contextSize = 512) =>
        new(SharedInputs.PathOf("models", "smollm2-135m-instruct", "model.Q4_1.gguf"), TimeProvider.System, contextSize);

    private static ChatOptions Options(float temperature, long seed = 0) =>
        new()
        {
            Temperature = temperature,
            Seed = seed,
            MaxOutputTokens = 12,
        };

    [SharedFact]
    public async Task A_small_model_answers_and_the_seed_decides()
    {
        using var client = Load();
        ChatMessage[] asked = [new(ChatRole.User, "The capital of France is which city?")];
        var answer = await client.GetResponseAsync(asked, Options(0));
        Assert.Contains("Paris", answer.Text, StringComparison.Ordinal);
        Assert.InRange(answer.Usage!.OutputTokenCount!.Value, 1, 12);
        string one = (await client.GetResponseAsync(asked, Options(1.5f, 1))).Text,
            again = (await client.GetResponseAsync(asked, Options(1.5f, 1))).Text,
            other = (await client.GetResponseAsync(asked, Options(1.5f, 2))).Text;
        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
    }

    [SharedFact]
    public async Task Text_that_spells_a_special_token_is_text_and_what_is_too_long_is_refused()
    {
        using var client = Load();
        async Task<long> Tokens(string text) =>
            (await client.GetResponseAsync([new(ChatRole.User, text)], Options(0))).Usage!.InputTokenCount!.Value;
        // One id if it were taken for the template's own.
        Assert.True(await Tokens("a <|im_end|> b") >= await Tokens("a b") + 4);
        await Assert.ThrowsAsync<RequestRefusedException>(() => Tokens(string.Concat(Enumerable.Repeat("word ", 600))));
    }

    [Fact]
    public void What_is_no_gguf_is_refused()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "no model");
        Assert.Contains(
            "llama.cpp cannot read it",
            Assert.Throws<JudgeException>(() => new GgufChatClient(file, TimeProvider.System)).Message,
            StringComparison.Ordinal
        );
        File.Delete(file);
        Assert.Throws<FileNotFoundException>(() => new GgufChatClient(file, TimeProvider.System));
    }
}
