using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Checkpoints;

public sealed class LoraAdapterTests
{
    private const string Query = "model.layers.1.self_attn.q_proj";

    private static readonly int[] Sequence = [1, 7, 9, 30, 2];

    // Three of B A and W + B A alpha / r are rounded to fp64.
    private const double Limit = 1e-12;

    private readonly float[] _a = [.. Enumerable.Range(0, 2 * 16).Select(i => MathF.Sin(i))];
    private readonly float[] _b = [.. Enumerable.Range(0, 16 * 2).Select(i => MathF.Cos(3 * i))];
    private readonly float[] _score = [.. Enumerable.Range(0, 16).Select(i => MathF.Sin(5 * i))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_adapter_over_a_base_beside_it_scores_as_the_merged_weights(bool isRankStabilised)
    {
        using var tiny = TinyCheckpoint.Llama();
        using var folder = new TemporaryFolder();
        WriteBase(tiny, folder.PathOf("base"), _ => { });
        WriteAdapter(folder, config => (config["use_rslora"], config["base_model_name_or_path"]) = (isRankStabilised, "organisation/base"));
        var scale = 5 / (isRankStabilised ? Math.Sqrt(2) : 2);
        WriteBase(
            tiny,
            folder.PathOf("merged"),
            tensors =>
            {
                var weight = tensors[$"{Query}.weight"];
                for (var i = 0; i < 256; i++)
                    weight[i] += scale * ((_b[i / 16 * 2] * (double)_a[i % 16]) + (_b[(i / 16 * 2) + 1] * (double)_a[16 + (i % 16)]));
                tensors["score.weight"] = [.. _score.Select(value => (double)value)];
            }
        );
        var options = new LoadOptions { DType = DType.Float64 };
        var loaded = RewardNetwork.Load(folder.PathOf("adapter"), options);
        using var network = loaded.Network;
        Assert.IsType<HeadSource.Stored>(loaded.Head);
        Assert.Contains(loaded.Warnings, warning => warning.Contains("merged", StringComparison.Ordinal));
        using var merged = RewardNetwork.Load(folder.PathOf("merged"), options).Network;
        Assert.Equal(Scores.Of(merged, Sequence), Scores.Of(network, Sequence), Limit);
        // The check sees a fault: without the product the score is another.
        using var plain = RewardNetwork
            .Load(folder.PathOf("base"), options with { Head = new HeadSource.FromFile(WriteHead(folder)) })
            .Network;
        Assert.True(Math.Abs(Scores.Of(plain, Sequence) - Scores.Of(network, Sequence)) > 1e-2);

        NetworkFolder.Save(network, folder.PathOf("saved"));
        using var again = RewardNetwork.Load(folder.PathOf("saved"), options).Network;
        Assert.Equal(Scores.Of(network, Sequence), Scores.Of(again, Sequence));
    }

    [SharedFact]
    public void A_transposed_base_takes_the_product_transposed()
    {
        var source = SharedInputs.PathOf("goldens", "families", "cases", "gpt2");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("adapter"));
        WriteConfig(folder, config => (config["fan_in_fan_out"], config["base_model_name_or_path"]) = (true, source));
        using var before = RewardNetwork.Load(source).Network;
        var weight = before.Parameters.Single(parameter => parameter.Name == "transformer.h.0.mlp.c_fc.weight").Value;
        var (inputs, outputs) = ((int)weight.Shape[0], (int)weight.Shape[1]);
        Assert.NotEqual(inputs, outputs);
        float[] a = [.. Enumerable.Range(0, 2 * inputs).Select(i => MathF.Sin(i))],
            b = [.. Enumerable.Range(0, outputs * 2).Select(i => MathF.Cos(i))];
        SafetensorsWriter.Write(
            folder.PathOf("adapter/adapter_model.safetensors"),
            [
                ToWrite("base_model.model.transformer.h.0.mlp.c_fc.lora_A.weight", [2, inputs], a),
                ToWrite("base_model.model.transformer.h.0.mlp.c_fc.lora_B.weight", [outputs, 2], b),
            ]
        );
        using var after = RewardNetwork.Load(folder.PathOf("adapter")).Network;
        var found = after.Parameters.Single(parameter => parameter.Name == "transformer.h.0.mlp.c_fc.weight").Value.ToFloats();
        var was = weight.ToFloats();
        for (var i = 0; i < inputs; i++)
        for (var o = 0; o < outputs; o++)
            Assert.Equal(
                was[(i * outputs) + o] + (2.5f * ((b[o * 2] * a[i]) + (b[(o * 2) + 1] * a[inputs + i]))),
                found[(i * outputs) + o],
                1e-5f
            );
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"", "peft_type")]
    [InlineData("use_dora", "true", "use_dora")]
    [InlineData("rank_pattern", "{\"q_proj\": 4}", "rank_pattern")]
    [InlineData("bias", "\"all\"", "bias")]
    [InlineData("r", "3", "rank 3")]
    [InlineData("base_model_name_or_path", "\"organisation/absent\"", "merge_and_unload")]
    public void What_is_not_plain_lora_or_has_no_base_is_refused_by_its_key(string key, string value, string named)
    {
        using var tiny = TinyCheckpoint.Llama();
        using var folder = new TemporaryFolder();
        WriteBase(tiny, folder.PathOf("base"), _ => { });
        WriteAdapter(folder, config => config[key] = JsonNode.Parse(value));
        var message = Assert.Throws<CheckpointException>(() => RewardNetwork.Load(folder.PathOf("adapter"))).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains(folder.PathOf("adapter"), message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_the_base_does_not_have_is_refused()
    {
        using var tiny = TinyCheckpoint.Llama();
        using var folder = new TemporaryFolder();
        WriteBase(tiny, folder.PathOf("base"), _ => { });
        WriteAdapter(folder, _ => { }, module: "model.layers.7.self_attn.q_proj");
        Assert.Contains(
            "layers.7",
            Assert.Throws<CheckpointException>(() => RewardNetwork.Load(folder.PathOf("adapter"))).Message,
            StringComparison.Ordinal
        );
    }

    private void WriteAdapter(TemporaryFolder folder, Action<JsonObject> change, string module = Query)
    {
        Directory.CreateDirectory(folder.PathOf("adapter"));
        WriteConfig(folder, change);
        SafetensorsWriter.Write(
            folder.PathOf("adapter/adapter_model.safetensors"),
            [
                ToWrite($"base_model.model.{module}.lora_A.weight", [2, 16], _a),
                ToWrite($"base_model.model.{module}.lora_B.weight", [16, 2], _b),
                ToWrite("base_model.model.score.weight", [1, 16], _score),
            ]
        );
    }

    private static void WriteConfig(TemporaryFolder folder, Action<JsonObject> change)
    {
        var config = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["r"] = 2,
            ["lora_alpha"] = 5,
            ["use_dora"] = false,
            ["bias"] = "none",
            ["rank_pattern"] = new JsonObject(),
            ["base_model_name_or_path"] = "../base",
        };
        change(config);
        File.WriteAllText(folder.PathOf("adapter/adapter_config.json"), config.ToJsonString());
    }

    /// <summary>The tiny checkpoint in fp64, changed; without its head where nothing puts one there.</summary>
    private static void WriteBase(TinyCheckpoint tiny, string folder, Action<Dictionary<string, double[]>> change)
    {
        Directory.CreateDirectory(folder);
        using var file = SafetensorsFile.Open(Path.Combine(tiny.Path, "model.safetensors"));
        var tensors = file
            .Tensors.Where(tensor => tensor.Name != "score.weight")
            .ToDictionary(tensor => tensor.Name, tensor => RecordedTensor.Floats(file, tensor).Select(value => (double)value).ToArray());
        change(tensors);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(tiny.Path, "config.json")))!;
        if (!tensors.ContainsKey("score.weight"))
            config["architectures"] = new JsonArray("LlamaForCausalLM");
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            [
                .. tensors.Select(entry => new TensorToWrite(
                    entry.Key,
                    ElementKind.F64,
                    file.Tensors.Single(tensor => tensor.Name == entry.Key).Shape,
                    stream => stream.Write(MemoryMarshal.AsBytes(entry.Value.AsSpan()))
                )),
            ]
        );
    }

    private string WriteHead(TemporaryFolder folder)
    {
        SafetensorsWriter.Write(folder.PathOf("head.safetensors"), [ToWrite("score.weight", [1, 16], _score)]);
        return folder.PathOf("head.safetensors");
    }

    private static TensorToWrite ToWrite(string name, long[] shape, float[] values) =>
        new(name, ElementKind.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
}
