using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Checkpoints;

public sealed class HeadNameTests
{
    private static readonly int[] Sequence = [1, 7, 9, 30, 2];

    [Theory]
    [InlineData("value_head", "RewardModel")]
    [InlineData("v_head", "LlamaForCausalLM")]
    [InlineData("v_head.summary", "LlamaForCausalLM")]
    [InlineData("rm_head", "LlamaModel")]
    [InlineData("reward_head", "LlamaForCausalLM")]
    [InlineData("regression_head", "LlamaRewardModel")]
    [InlineData("regression_layer", "RewardModel")]
    [InlineData("classifier", "LlamaForCausalLM")]
    [InlineData("out_proj", "LlamaForCausalLM")]
    public void A_head_of_a_trainers_own_name_is_read_said_and_saved_as_the_familys(string module, string architecture)
    {
        using var tiny = TinyCheckpoint.Llama();
        using var folder = new TemporaryFolder();
        Copy(tiny.Path, folder, name => name.Replace("score.", module + ".", StringComparison.Ordinal), architecture);
        var loaded = RewardNetwork.Load(folder.Path);
        using var network = loaded.Network;
        Assert.IsType<HeadSource.Stored>(loaded.Head);
        Assert.Contains($"head read from {module}.weight", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
        Assert.Equal(ScoreOf(tiny.Path), Scores.Of(network, Sequence));

        Assert.DoesNotContain(NetworkFolder.Save(network, folder.PathOf("saved")), note => note.Contains("bias", StringComparison.Ordinal));
        var again = RewardNetwork.Load(folder.PathOf("saved"));
        using var saved = again.Network;
        Assert.Empty(again.Warnings);
        Assert.Equal(Scores.Of(network, Sequence), Scores.Of(saved, Sequence));
        using var file = SafetensorsFile.Open(Path.Combine(folder.PathOf("saved"), "model.safetensors"));
        Assert.Contains(file.Tensors, tensor => tensor.Name == "score.weight");
    }

    [Fact]
    public void A_bias_of_such_a_head_is_added_kept_and_said_when_saved()
    {
        using var tiny = TinyCheckpoint.Llama();
        using var folder = new TemporaryFolder();
        Copy(
            tiny.Path,
            folder,
            name => name.Replace("score.", "v_head.summary.", StringComparison.Ordinal),
            "LlamaForCausalLM",
            ("v_head.summary.bias", [1], [0.75f])
        );
        using var network = RewardNetwork.Load(folder.Path).Network;
        Assert.Equal(ScoreOf(tiny.Path) + 0.75, Scores.Of(network, Sequence), 1e-6);
        Assert.Contains(
            "score.bias",
            Assert.Single(NetworkFolder.Save(network, folder.PathOf("saved")), note => note.Contains("bias", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.Equal(Scores.Of(network, Sequence), ScoreOf(folder.PathOf("saved")));
    }

    [Fact]
    public void Trainers_wrappers_are_taken_off_and_a_head_in_a_file_beside_is_found()
    {
        using var tiny = TinyCheckpoint.Llama();
        using TemporaryFolder wrapped = new(),
            beside = new();
        Copy(
            tiny.Path,
            wrapped,
            name => name == "score.weight" ? "v_head.weight" : "rwtransformer." + name["model.".Length..],
            "LlamaModel"
        );
        Assert.Equal(ScoreOf(tiny.Path), ScoreOf(wrapped.Path));

        Copy(tiny.Path, beside, name => name == "score.weight" ? null : name, "LlamaForCausalLM");
        Assert.Throws<CheckpointException>(() => RewardNetwork.Load(beside.Path));
        using (var file = SafetensorsFile.Open(Path.Combine(tiny.Path, "model.safetensors")))
        {
            var head = RecordedTensor.Floats(file, file.Tensors.Single(tensor => tensor.Name == "score.weight"));
            SafetensorsWriter.Write(
                beside.PathOf("head.safetensors"),
                [ToWrite("v_head.summary.weight", [1, head.Length], head), ToWrite("v_head.summary.bias", [1], [0])]
            );
        }
        using (
            var network = RewardNetwork
                .Load(beside.Path, new LoadOptions { Head = new HeadSource.FromFile(beside.PathOf("head.safetensors")) })
                .Network
        )
            Assert.Equal(ScoreOf(tiny.Path), Scores.Of(network, Sequence));
        File.Move(beside.PathOf("head.safetensors"), beside.PathOf("value_head.safetensors"));
        Assert.Equal(ScoreOf(tiny.Path), ScoreOf(beside.Path));
    }

    [Theory]
    [InlineData("gating", new[] { "gating.layers.0.weight", "regression_layer.weight" }, 19, "gate that weighs")]
    [InlineData("attributes", new[] { "regression_layer.weight" }, 19, "19 scores")]
    [InlineData("labels", new[] { "value_head.weight" }, 2, "two labels")]
    [InlineData("two layers", new[] { "score.0.weight", "score.2.weight" }, 1, "several layers")]
    [InlineData("GRM", new[] { "v_head.summary.0.weight", "v_head.summary.2.weight" }, 1, "several layers")]
    [InlineData("two heads", new[] { "value_head.weight", "v_head.weight" }, 1, "both heads")]
    [InlineData("own beside", new[] { "score.weight", "v_head.weight" }, 1, "both heads")]
    [InlineData("unknown", new[] { "my_head.weight" }, 1, "my_head.weight")]
    public void A_head_that_is_not_one_number_is_refused_with_the_reason(string kind, string[] heads, int rows, string reason)
    {
        using var tiny = TinyCheckpoint.Llama();
        using var folder = new TemporaryFolder();
        Copy(
            tiny.Path,
            folder,
            name => name == "score.weight" ? null : name,
            "LlamaForCausalLM",
            [.. heads.Select(head => (head, new long[] { rows, 16 }, new float[rows * 16]))]
        );
        foreach (var head in new HeadSource[] { new HeadSource.Stored(), new HeadSource.Fresh(1) })
        {
            var message = Assert
                .Throws<CheckpointException>(() => RewardNetwork.Load(folder.Path, new LoadOptions { Head = head }))
                .Message;
            Assert.True(
                message.Contains(reason, StringComparison.Ordinal) && message.Contains(folder.Path, StringComparison.Ordinal),
                $"{kind}: {message}"
            );
        }
    }

    [Theory]
    [InlineData("LlamaForRewardModelWithGating", "several attributes")]
    [InlineData("Qwen2ForProcessRewardModel", "the steps")]
    [InlineData("LlamaForTokenClassification", "LlamaForSequenceClassification")]
    public void A_class_that_scores_otherwise_is_refused_with_the_reason(string architecture, string reason)
    {
        using var tiny = TinyCheckpoint.Llama();
        using var folder = new TemporaryFolder();
        Copy(tiny.Path, folder, name => name, architecture);
        var message = Assert.Throws<CheckpointException>(() => RewardNetwork.Load(folder.Path)).Message;
        Assert.Contains(architecture, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void OpenAssistants_pythia_reward_model_is_a_gpt_neox_and_saved_as_one()
    {
        var source = SharedInputs.PathOf("goldens", "families", "cases", "gpt_neox");
        using var folder = new TemporaryFolder();
        Copy(
            source,
            folder,
            name => name.Replace("score.", "out_proj.", StringComparison.Ordinal),
            "GPTNeoXRewardModel",
            ("out_proj.bias", [1], [0.5f])
        );
        Configure(folder, config => (config["model_type"], config["pooling"]) = ("gpt_neox_reward_model", "last"));
        using var network = RewardNetwork.Load(folder.Path, new LoadOptions { DType = DType.Float64 }).Network;
        var recorded = Json.Read(Path.Combine(source, "expected.json"));
        var found = Scores.OfAll(network, recorded.GetProperty("sequences").IntegerLists());
        Assert.True(
            FamilyCase.Largest(found.Select(score => score - 0.5), recorded.GetProperty("single").GetProperty("logits_fp64").Numbers())
                <= FamilyCase.ScoreLimitFp64
        );

        NetworkFolder.Save(network, folder.PathOf("saved"));
        Assert.Equal(
            "gpt_neox",
            (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(folder.PathOf("saved"), "config.json")))!["model_type"]
        );
        using var again = RewardNetwork.Load(folder.PathOf("saved"), new LoadOptions { DType = DType.Float64 }).Network;
        Assert.Equal(found, Scores.OfAll(again, recorded.GetProperty("sequences").IntegerLists()));

        Configure(folder, config => config["pooling"] = "mean");
        Assert.Contains(
            "pooling",
            Assert.Throws<CheckpointException>(() => RewardNetwork.Load(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    private static double ScoreOf(string folder)
    {
        using var network = RewardNetwork.Load(folder).Network;
        return Scores.Of(network, Sequence);
    }

    private static void Configure(TemporaryFolder folder, Action<JsonNode> change)
    {
        var config = JsonNode.Parse(File.ReadAllText(folder.PathOf("config.json")))!;
        change(config);
        File.WriteAllText(folder.PathOf("config.json"), config.ToJsonString());
    }

    /// <summary>A checkpoint under other names; null leaves a tensor out.</summary>
    private static void Copy(
        string source,
        TemporaryFolder folder,
        Func<string, string?> rename,
        string architecture,
        params ReadOnlySpan<(string Name, long[] Shape, float[] Values)> more
    )
    {
        File.Copy(Path.Combine(source, "config.json"), folder.PathOf("config.json"));
        Configure(folder, config => config["architectures"] = new JsonArray(architecture));
        using var file = SafetensorsFile.Open(Path.Combine(source, "model.safetensors"));
        var kept = file
            .Tensors.Where(tensor => rename(tensor.Name) is not null)
            .Select(tensor => ToWrite(rename(tensor.Name)!, [.. tensor.Shape], RecordedTensor.Floats(file, tensor)));
        SafetensorsWriter.Write(
            folder.PathOf("model.safetensors"),
            [.. kept, .. more.ToArray().Select(tensor => ToWrite(tensor.Name, tensor.Shape, tensor.Values))]
        );
    }

    private static TensorToWrite ToWrite(string name, long[] shape, float[] values) =>
        new(name, ElementKind.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
}
