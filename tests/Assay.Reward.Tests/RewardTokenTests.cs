using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Models.Adapters;
using Assay.Models.Checkpoints;
using Assay.Testing;

namespace Assay.Reward.Tests;

/// <summary>
/// Models that are read at a token of their own behind the text (InternLM2's reward models, XTuner's). The rule is RewardBench's for them
/// (rewardbench/models/internlm.py): no special tokens of the tokenizer's around a rendered conversation, and the token behind it unless it
/// stands there.
/// </summary>
public sealed class RewardTokenTests : IDisposable
{
    private const int Reward = 5,
        ImEnd = 4,
        Bos = 1,
        Eos = 2;

    private static readonly Conversation Turns = Conversation.OfMessages(
        new Message("user", "Is water wet ?"),
        new Message("assistant", "Yes , it is .")
    );

    private readonly string root = Directory.CreateTempSubdirectory("assay-reward-token-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [SharedFact]
    public void The_token_stands_behind_every_text_and_is_scored()
    {
        using RewardModel model = RewardModel.Load(Checkpoint("llama-rm", Reward)),
            without = RewardModel.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm"));
        var plain = Conversation.OfText("Is water wet ?");
        Assert.Equal([.. without.Encode(Turns).Ids, Reward], model.Encode(Turns).Ids);
        // The reference trainer's EOS is not theirs.
        Assert.Equal((Bos, Eos), (without.Encode(plain).Ids[0], without.Encode(plain).Ids[^1]));
        Assert.Equal([.. without.Encode(plain).Ids[..^1], Reward], model.Encode(plain).Ids);
        Assert.Equal(
            without.ScoreIds([
                [.. without.Encode(Turns).Ids, Reward],
            ])[0],
            model.Score([Turns])[0].Score
        );
        Assert.NotEqual(without.Score([Turns])[0].Score, model.Score([Turns])[0].Score);
        Assert.NotEqual(without.Encoder.Fingerprint, model.Encoder.Fingerprint);
    }

    [SharedFact]
    public void It_is_not_put_behind_itself()
    {
        using var model = RewardModel.Load(Checkpoint("llama-rm", ImEnd));
        var ids = model.Encode(Conversation.OfText("Is water wet ?<|im_end|>")).Ids;
        Assert.Equal((1, ImEnd), (ids.Count(id => id == ImEnd), ids[^1]));
    }

    [SharedFact]
    public void A_cut_takes_the_text_and_not_the_token()
    {
        using var model = RewardModel.Load(Checkpoint("llama-rm", Reward));
        var whole = model.Encode(Turns).Ids;
        (model.MaxLength, model.Truncation) = (8, Truncation.Right);
        Assert.Equal([.. whole[..7], Reward], model.Encode(Turns).Ids);
        model.MaxLength = whole.Length;
        Assert.Equal(whole, model.Encode(Turns).Ids);
        model.MaxLength = whole.Length - 1;
        Assert.Equal([.. whole[..^2], Reward], model.Encode(Turns).Ids);
        var text = Conversation.OfText(string.Join(' ', Enumerable.Range(1, 60)));
        Assert.Equal(
            (Bos, Reward, whole.Length - 1),
            (model.Encode(text).Ids[0], model.Encode(text).Ids[^1], model.Encode(text).Ids.Length)
        );
    }

    [SharedTheory]
    [InlineData("Hi")]
    [InlineData("Hi<|im_end|>")]
    public void It_is_shown_as_the_last_token(string user)
    {
        var encoder = ConversationEncoder.Load(Checkpoint("llama-rm", Reward));
        var conversation = Conversation.OfMessages(new Message("user", user), new Message("assistant", "Hello."));
        var inspected = ConversationInspection.Of(encoder, conversation);
        var tokens = inspected.Tokens;
        Assert.DoesNotContain(inspected.Warnings, warning => warning.Code == "missing_eos");
        Assert.Contains(
            ConversationInspection.Of(ConversationEncoder.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm")), conversation).Warnings,
            warning => warning.Code == "missing_eos"
        );
        Assert.Equal(encoder.Encode(conversation), tokens.Select(token => token.Id));
        Assert.Equal((true, false, ""), (tokens[^1].IsSpecial, tokens[^1].IsFromConversation, tokens[^1].Text));
    }

    [SharedFact]
    public void A_saved_model_keeps_it_under_any_template_and_says_so()
    {
        var saved = Path.Combine(root, "saved");
        using var model = RewardModel.Load(Checkpoint("llama-rm", Reward));
        Assert.Contains(model.Save(saved), note => note.Contains("reward_token_id 5", StringComparison.Ordinal));
        using var again = RewardModel.Load(saved);
        Assert.Equal("4 known answers equal bit for bit", again.Verification);
        Assert.Equal(model.Score([Turns]), again.Score([Turns]));
        Assert.Equal(Reward, again.Encoder.Rules.RewardTokenId);
        var plain = ConversationEncoder.Load(saved, "plain");
        Assert.Equal((Reward, Bos), (plain.Encode(Turns)[^1], plain.Encode(Turns)[0]));
        using var before = RewardModel.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm"));
        Assert.Empty(before.Save(Path.Combine(root, "other")));
    }

    [SharedFact]
    public void An_adapter_has_its_base_models()
    {
        string folder = Path.Combine(root, "adapter"),
            config = Path.Combine(folder, "assay.json");
        float? score;
        using (var model = RewardModel.LoadForTraining(Checkpoint("llama-rm", Reward), 0))
        {
            model.Network.AddLora(new LoraOptions { Rank = 2 }, new Torch.Generator(1));
            score = model.Score([Turns])[0].Score;
            model.Save(folder);
        }
        using (var adapted = RewardModel.Load(folder))
            Assert.Equal((Reward, score), (adapted.Encode(Turns).Ids[^1], adapted.Score([Turns])[0].Score));
        File.Delete(config); // as peft would have written it
        using var foreign = RewardModel.Load(folder);
        Assert.Equal((Reward, score), (foreign.Encode(Turns).Ids[^1], foreign.Score([Turns])[0].Score));
    }

    [SharedFact]
    public void An_id_that_is_none_is_refused_and_an_encoder_which_is_not_read_at_its_end_has_none()
    {
        Assert.Contains(
            "reward_token_id is 400, wanted an id below vocab_size (400)",
            Assert.Throws<CheckpointException>(() => RewardModel.Load(Checkpoint("llama-rm", 400))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "reward_token_id is -1",
            Assert.Throws<CheckpointException>(() => RewardModel.Load(Checkpoint("llama-rm", -1))).Message,
            StringComparison.Ordinal
        );
        using RewardModel bert = RewardModel.Load(Checkpoint("bert-rm", Reward)),
            without = RewardModel.Load(TrainingGoldens.PathOf("checkpoints", "bert-rm"));
        Assert.Contains(bert.Warnings, warning => warning.Contains("reward_token_id was not used", StringComparison.Ordinal));
        Assert.Equal(without.Encode(Turns).Ids, bert.Encode(Turns).Ids);
    }

    /// <summary>A recorded checkpoint whose configuration names the token.</summary>
    private string Checkpoint(string name, int rewardToken)
    {
        var (source, folder) = (TrainingGoldens.PathOf("checkpoints", name), Path.Combine(root, $"{name}{rewardToken}"));
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(source).Where(file => Path.GetFileName(file) != "config.json"))
            File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(file)), file);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!.AsObject();
        config["reward_token_id"] = rewardToken;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        return folder;
    }
}
