using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>What <c>score</c> warns of beside its scores: each once, where it is so, and not where it is not.</summary>
[Collection("console")]
public sealed class ScoreNotesTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    private static string Chat(string answer) =>
        new JsonObject
        {
            ["messages"] = new JsonArray(
                new JsonObject { ["role"] = "user", ["content"] = "what is one and one?" },
                new JsonObject { ["role"] = "assistant", ["content"] = answer }
            ),
        }.ToJsonString();

    private async Task<string> Notes(string model, string input, params string[] more) =>
        (
            await Workplace.Succeed([
                "score",
                "--model",
                model,
                "--input",
                input,
                "--output",
                _place["scores.jsonl"],
                "--overwrite",
                .. more,
            ])
        ).Error;

    private static int Times(string text, string part) => text.Split(part).Length - 1;

    [SharedFact]
    public async Task A_model_without_a_chat_template_is_said_once_however_many_rows_there_are()
    {
        string with = SmallModel.Copy("llama-rm", _place["with"]),
            without = SmallModel.Copy("llama-rm", _place["without"]);
        File.Delete(Path.Combine(without, "chat_template.jinja"));
        string turns = _place.Write("turns.jsonl", Enumerable.Range(1, 20).Select(i => Chat($"it is {i}"))),
            texts = _place.Write("texts.jsonl", """{"text": "one and one is two"}""");

        Assert.Equal(1, Times(await Notes(without, turns), "this model has no chat template"));
        Assert.Equal(0, Times(await Notes(without, turns, "--chat-template", "plain"), "no chat template"));
        Assert.Equal(0, Times(await Notes(without, texts), "no chat template"));
        Assert.Equal(0, Times(await Notes(with, turns), "no chat template"));
    }

    [SharedFact]
    public async Task Texts_joined_with_nothing_between_them_are_said_of_a_model_for_turns()
    {
        var model = SmallModel.Copy("llama-rm", _place["model"]);
        var glued = _place.Write(
            "glued.jsonl",
            """{"prompt": "what is one and one?", "completion": "It is two."}""",
            """{"prompt": "what is it?", "completion": "Two."}"""
        );
        var apart = _place.Write("apart.jsonl", """{"prompt": "what is one and one? ", "completion": "It is two."}""");
        Assert.Contains(
            "2 rows are plain texts that were joined with nothing between them",
            await Notes(model, glued),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("joined", await Notes(model, apart), StringComparison.Ordinal);
        Assert.DoesNotContain("joined", await Notes(model, glued, "--chat-template", "plain"), StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData(49, true)]
    [InlineData(50, false)]
    public async Task Percentiles_of_fewer_than_a_hundred_reference_scores_are_warned_of(int pairs, bool warns)
    {
        string model = SmallModel.Copy("llama-rm", _place["model"]),
            input = _place.Write("turns.jsonl", Chat("it is two"));
        Assert.DoesNotContain("reference scores", await Notes(model, input), StringComparison.Ordinal);
        await Workplace.Succeed("eval", "--model", model, "--data", _place.Pairs("pairs.jsonl", pairs), "--store-reference");
        var notes = await Notes(model, input);
        Assert.Equal(warns ? 1 : 0, Times(notes, $"percentiles are of {2 * pairs} reference scores"));
        Assert.NotNull(JsonNode.Parse(File.ReadAllText(_place["scores.jsonl"]))!["percentile"]);
    }
}
