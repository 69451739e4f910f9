using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Models;
using Assay.Testing;

namespace Assay.Reward.Tests;

public sealed class RewardModelTests : IDisposable
{
    /// <summary>Matrix products of another size add in another order.</summary>
    private const float BatchRounding = 2e-5f;

    private readonly string folder = Directory.CreateTempSubdirectory("assay-model-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Llama => TrainingGoldens.PathOf("checkpoints", "llama-rm");

    private static Conversation Turns(string question, string answer) =>
        Conversation.OfMessages(new Message("user", question), new Message("assistant", answer));

    private static readonly Conversation[] Conversations =
    [
        Turns("Is it possible to download a car?", "I am not sure what you mean."),
        Turns("Hi", "Hello there, how are you?"),
        Turns("Is it possible to download a car?", "No."),
        Turns("Is it possible to download a car?", "I am sorry, I do not understand the question at all."),
        Conversation.OfText("Human: plain text\n\nAssistant: yes"),
    ];

    [SharedTheory]
    [InlineData("llama-rm")]
    [InlineData("bert-rm")]
    public void A_saved_model_scores_bit_for_bit_the_same_when_loaded(string checkpoint)
    {
        using var model = RewardModel.Load(TrainingGoldens.PathOf("checkpoints", checkpoint));
        Assert.Null(model.Verification);
        model.Save(folder);
        using var saved = RewardModel.Load(folder);
        Assert.Equal("4 known answers equal bit for bit", saved.Verification);
        Assert.Equal(model.Score(Conversations), saved.Score(Conversations));
    }

    [SharedFact]
    public void Scores_keep_the_order_of_the_input_and_do_not_depend_on_neighbours()
    {
        using var model = RewardModel.Load(Llama);
        var together = model.Score(Conversations);
        for (var i = 0; i < Conversations.Length; i++)
            Assert.Equal(model.Score([Conversations[i]])[0].Score, together[i].Score, BatchRounding);
        Assert.Equal(together.Reverse(), model.Score([.. Conversations.Reverse()]), (a, b) => Math.Abs(a.Score - b.Score) <= BatchRounding);
        Assert.Equal(together.Count, together.Distinct().Count());
    }

    [SharedFact]
    public void A_small_token_budget_gives_the_same_scores()
    {
        using var model = RewardModel.Load(Llama);
        int[][] ids = [.. Conversations.Select(model.Encoder.Encode)];
        Assert.Equal(model.ScoreIds(ids), model.ScoreIds(ids, batchTokens: 10), (a, b) => Math.Abs(a - b) <= BatchRounding);
    }

    [SharedFact]
    public void A_model_without_a_head_is_not_scored_with_and_gets_a_recorded_one_for_training()
    {
        var path = TrainingGoldens.PathOf("checkpoints", "llama-lm");
        Assert.ThrowsAny<FormatException>(() => RewardModel.Load(path));
        using var model = RewardModel.LoadForTraining(path, 42);
        Assert.Equal("fresh", model.Origin.Head!.Source);
        Assert.Equal(42, model.Origin.Head!.Seed);
        var wanted = TrainingGoldens.Read("reward", "head_init.json")["llama score.weight, seed 42"]!["values"]!.Floats();
        Assert.Equal(wanted, model.Network.Parameters.Single(p => p.Name == "score.weight").Value.ToFloats());
        model.Save(folder);
        // trained or not, the head is now the folder's own, and the record still says where it came from
        using var saved = RewardModel.Load(folder);
        Assert.Equal("fresh", saved.Origin.Head!.Source);
    }

    [SharedFact]
    public void A_weight_that_changed_is_caught_by_the_known_answers()
    {
        Save();
        var path = Path.Combine(folder, "model.safetensors");
        var bytes = File.ReadAllBytes(path);
        new Random(1).NextBytes(bytes.AsSpan(bytes.Length - 64, 32));
        for (var i = 0; i < 32; i += 4)
            bytes[bytes.Length - 64 + i + 3] = 0x40; // finite numbers above 2
        File.WriteAllBytes(path, bytes);
        Assert.Contains("known answer", Assert.Throws<RewardException>(() => RewardModel.Load(folder)).Message);
    }

    [SharedFact]
    public void A_template_that_changed_is_caught_by_the_text_fingerprint()
    {
        Save();
        File.AppendAllText(Path.Combine(folder, "chat_template.jinja"), "!");
        Assert.Contains("text fingerprint", Assert.Throws<RewardException>(() => RewardModel.Load(folder)).Message);
    }

    [SharedFact]
    public void A_conversation_that_is_too_long_is_refused_with_both_numbers_and_its_neighbours_are_scored()
    {
        using var model = RewardModel.Load(TrainingGoldens.PathOf("checkpoints", "bert-rm"));
        var outcomes = model.Score([Conversations[0], Turns("long", string.Concat(Enumerable.Repeat("word ", 600))), Conversations[1]]);
        Assert.Equal(model.Score([Conversations[0], Conversations[1]]), [outcomes[0], outcomes[2]]);
        Assert.Equal("over_length", outcomes[1].Refusal!.Code);
        Assert.Matches(@"^\d{3,} tokens: the most a side may have is 512", outcomes[1].Refusal!.Detail);
        Assert.Throws<InvalidOperationException>(() => outcomes[1].Score);
        model.MaxLength = 10;
        Assert.All(
            model.Score(Conversations),
            outcome => Assert.Contains("the most a side may have is 10", outcome.Refusal!.Detail),
            throwIfEmpty: true
        );
    }

    [SharedTheory]
    [InlineData("llama-rm")]
    [InlineData("bert-rm")]
    public void The_bounds_read_without_the_weights_are_those_of_the_network(string checkpoint)
    {
        var path = TrainingGoldens.PathOf("checkpoints", checkpoint);
        using var model = RewardModel.Load(path);
        Assert.Equal(model.Network.Bounds, ModelBounds.Read(path));
    }

    private void Save()
    {
        using var model = RewardModel.Load(Llama);
        model.Save(folder);
    }

    [SharedFact]
    public void The_record_names_format_text_rules_and_known_answers()
    {
        Save();
        var record = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "assay.json")))!;
        Assert.Equal("assay.model/1", record["format"]!.GetValue<string>());
        Assert.Equal("checkpoint", record["text"]!["chat_template"]!.GetValue<string>());
        Assert.Equal(4, record["known_answers"]!.AsArray().Count);
        foreach (
            var name in (string[])["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]
        )
            Assert.True(File.Exists(Path.Combine(folder, name)), name);
    }
}
