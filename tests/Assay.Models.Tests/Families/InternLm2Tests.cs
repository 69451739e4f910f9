using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Checkpoints;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Families;

/// <summary>
/// InternLM2 has no recording of its own: it is Llama's computation, so Llama's recorded cases written as it writes them must give what was
/// recorded.
/// </summary>
public sealed class InternLm2Tests(ITestOutputHelper output)
{
    private const string Config =
        """{"model_type": "internlm2", "vocab_size": 50, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 2}""";

    public static TheoryData<string> Cases { get; } = [.. InternLm2Case.Cases];

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void A_case_of_Llama_written_as_InternLM2_gives_what_was_recorded(string name)
    {
        using var folder = new TemporaryFolder();
        InternLm2Case.Write(name, folder.Path);
        var recorded = new FamilyCase(folder.Path);
        List<Measurement> measured =
        [
            .. from config in new[] { "config.json", "config.legacy.json" }
            from dtype in new[] { DType.Float64, DType.Float32 }
            from found in recorded.Measure(dtype, config)
            select found,
        ];
        foreach (var group in measured.GroupBy(found => (found.Case.Split(' ')[^1], found.Quantity.Split(' ')[0])))
            output.WriteLine($"{name} {group.Key}: {group.Max(found => found.Difference):g3}");
        Measurements.AllHold(measured);
    }

    [SharedTheory]
    [InlineData("llama")]
    [InlineData("llama-mha")]
    public void Without_the_order_of_wqkv_the_scores_are_others(string name)
    {
        using var folder = new TemporaryFolder();
        InternLm2Case.Write(name, folder.Path, regroup: false);
        Assert.True(Difference(folder, name) > 1e-3);
    }

    /// <summary>Biases of queries, keys and values, which Qwen 2 has.</summary>
    [SharedTheory]
    [InlineData(ElementKind.F32)]
    [InlineData(ElementKind.F64)]
    public void Biases_go_with_their_rows(ElementKind kind)
    {
        using TemporaryFolder right = new(),
            wrong = new();
        InternLm2Case.Write("qwen2", right.Path, kind: kind);
        Assert.InRange(Difference(right, "qwen2"), 0, FamilyCase.ScoreLimitFp64);
        InternLm2Case.Write("qwen2", wrong.Path, regroup: false, kind: kind);
        Assert.True(Difference(wrong, "qwen2") > 1e-3);
    }

    [SharedFact]
    public void A_published_reward_model_is_read_with_its_head_and_saved_as_a_Llama_that_scores_alike()
    {
        using TemporaryFolder folder = new(),
            saved = new();
        InternLm2Case.Write("llama-rope-dynamic", folder.Path, head: "v_head.weight");
        // as published: rope_scaling with a type
        File.Copy(folder.PathOf("config.legacy.json"), folder.PathOf("config.json"), overwrite: true);
        int[][] sequences =
        [
            [5, 6, 7, 8],
            [.. Enumerable.Range(4, 40)],
        ];
        double[] scores;
        var loaded = RewardNetwork.Load(folder.Path);
        using (var network = loaded.Network)
        {
            Assert.Contains("head read from v_head.weight", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
            scores = Scores.OfAll(network, sequences);
            Assert.Contains(NetworkFolder.Save(network, saved.Path), note => note.Contains("written as a llama", StringComparison.Ordinal));
        }
        var config = JsonNode.Parse(File.ReadAllText(saved.PathOf("config.json")))!.AsObject();
        Assert.Equal("llama", (string?)config["model_type"]);
        Assert.Equal("LlamaForSequenceClassification", (string?)config["architectures"]![0]);
        Assert.Equal("dynamic", (string?)config["rope_parameters"]!["rope_type"]);
        Assert.False((bool)config["attention_bias"]!);
        foreach (var key in (string[])["bias", "auto_map", "attn_implementation"])
            Assert.False(config.ContainsKey(key), key);
        var again = RewardNetwork.Load(saved.Path);
        using var llama = again.Network;
        Assert.Empty(again.Warnings);
        Assert.Equal("llama", llama.Family.ModelType);
        Assert.Equal(scores, Scores.OfAll(llama, sequences));
    }

    /// <summary>What InternLM2 takes where nothing is said is not what Llama takes: what is saved says it.</summary>
    [SharedFact]
    public void Defaults_that_Llama_does_not_have_are_written()
    {
        using TemporaryFolder folder = new(),
            saved = new();
        InternLm2Case.Write("qwen2", folder.Path);
        var config = JsonNode.Parse(File.ReadAllText(folder.PathOf("config.json")))!.AsObject();
        config.Remove("bias");
        config.Remove("pad_token_id");
        File.WriteAllText(folder.PathOf("config.json"), config.ToJsonString());
        using (var network = RewardNetwork.Load(folder.Path).Network)
            NetworkFolder.Save(network, saved.Path);
        var written = JsonNode.Parse(File.ReadAllText(saved.PathOf("config.json")))!;
        Assert.True((bool)written["attention_bias"]!);
        Assert.Equal(0, (int)written["pad_token_id"]!);
        Assert.InRange(Difference(saved, "qwen2"), 0, FamilyCase.ScoreLimitFp64);
    }

    [SharedFact]
    public void A_gguf_scores_as_recorded()
    {
        using var folder = new TemporaryFolder();
        GgufCase.Write("llama", "internlm2", folder);
        Rewrite(
            folder,
            config =>
                (config["model_type"], config["architectures"], config["bias"]) = (
                    "internlm2",
                    new JsonArray("InternLM2ForCausalLM"),
                    false
                )
        );
        Assert.InRange(
            Difference(folder, "llama", new HeadSource.FromFile(folder.PathOf("score.safetensors"))),
            0,
            FamilyCase.ScoreLimitFp64
        );
        GgufCase.Write("llama", "internlm2", folder, change: false);
        Rewrite(
            folder,
            config =>
                (config["model_type"], config["architectures"], config["bias"]) = (
                    "internlm2",
                    new JsonArray("InternLM2ForCausalLM"),
                    false
                )
        );
        Assert.True(Difference(folder, "llama", new HeadSource.FromFile(folder.PathOf("score.safetensors"))) > 1e-3);
    }

    /// <summary>An adapter that PEFT trained on InternLM2's own modules: its wqkv is one pair, whose B has wqkv's rows.</summary>
    [SharedFact]
    public void An_adapter_of_wqkv_is_merged_as_one_of_the_three()
    {
        using TemporaryFolder own = new(),
            ownAdapter = new(),
            llamaAdapter = new();
        InternLm2Case.Write("llama", own.Path);
        float[] a = Drawn(2 * 32, 1),
            q = Drawn(32 * 2, 2),
            k = Drawn(16 * 2, 3),
            v = Drawn(16 * 2, 4);
        var fused = InternLm2Case.Fuse([([32, 2], q), ([16, 2], k), ([16, 2], v)], 4, 2, regroup: true).Values;
        WriteAdapter(ownAdapter, own.Path, ("attention.wqkv", a, fused));
        WriteAdapter(
            llamaAdapter,
            SharedInputs.PathOf("goldens", "families", "cases", "llama"),
            ("self_attn.q_proj", a, q),
            ("self_attn.k_proj", a, k),
            ("self_attn.v_proj", a, v)
        );
        using var found = RewardNetwork.Load(ownAdapter.Path).Network;
        using var wanted = RewardNetwork.Load(llamaAdapter.Path).Network;
        using var without = RewardNetwork.Load(own.Path).Network;
        Assert.Equal(Scores.Of(wanted, 5, 6, 7), Scores.Of(found, 5, 6, 7));
        Assert.NotEqual(Scores.Of(without, 5, 6, 7), Scores.Of(found, 5, 6, 7));
    }

    [Theory]
    [InlineData("rope_scaling", """{"type": "yarn", "factor": 2.0}""", "rope_scaling")]
    [InlineData("rope_scaling", """{"type": "dynamic"}""", "factor")]
    [InlineData("head_dim", "8", "head_dim is 8")]
    [InlineData("bias", "1", "bias is 1")]
    public void What_its_code_does_not_compute_is_refused_by_key(string key, string value, string says)
    {
        using var folder = new TemporaryFolder();
        var config = JsonNode.Parse(Config)!.AsObject();
        config[key] = JsonNode.Parse(value);
        WriteTiny(folder, config, rows: 32);
        Assert.Contains(says, Assert.Throws<CheckpointException>(() => RewardNetwork.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wqkv_of_another_shape_than_the_configuration_s_is_refused_with_both()
    {
        using var folder = new TemporaryFolder();
        WriteTiny(folder, JsonNode.Parse(Config)!.AsObject(), rows: 48);
        var message = Assert.Throws<CheckpointException>(() => RewardNetwork.Load(folder.Path)).Message;
        Assert.Contains(
            "model.layers.0.attention.wqkv.weight is [48, 16], config.json asks for 32 rows",
            message,
            StringComparison.Ordinal
        );
    }

    private static void WriteTiny(TemporaryFolder folder, JsonObject config, int rows)
    {
        File.WriteAllText(folder.PathOf("config.json"), config.ToJsonString());
        SafetensorsWriter.Write(
            folder.PathOf("model.safetensors"),
            [
                new TensorToWrite(
                    "model.layers.0.attention.wqkv.weight",
                    ElementKind.F32,
                    [rows, 16],
                    stream => stream.Write(new byte[rows * 16 * 4])
                ),
            ]
        );
    }

    private static void WriteAdapter(TemporaryFolder folder, string baseModel, params (string Module, float[] A, float[] B)[] pairs)
    {
        File.WriteAllText(
            folder.PathOf("adapter_config.json"),
            new JsonObject
            {
                ["peft_type"] = "LORA",
                ["base_model_name_or_path"] = baseModel,
                ["r"] = 2,
                ["lora_alpha"] = 4,
                ["target_modules"] = new JsonArray([.. pairs.Select(pair => (JsonNode)pair.Module.Split('.')[1])]),
            }.ToJsonString()
        );
        SafetensorsWriter.Write(
            folder.PathOf("adapter_model.safetensors"),
            [
                .. pairs.SelectMany(pair =>
                    new[] { ("lora_A", pair.A, 2), ("lora_B", pair.B, pair.B.Length / 2) }.Select(part => new TensorToWrite(
                        $"base_model.model.model.layers.0.{pair.Module}.{part.Item1}.weight",
                        ElementKind.F32,
                        [part.Item3, part.Item2.Length / part.Item3],
                        stream => stream.Write(MemoryMarshal.AsBytes(part.Item2.AsSpan()))
                    ))
                ),
            ]
        );
    }

    private static float[] Drawn(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private static void Rewrite(TemporaryFolder folder, Action<JsonObject> change)
    {
        var config = JsonNode.Parse(File.ReadAllText(folder.PathOf("config.json")))!.AsObject();
        foreach (var key in (string[])["attention_bias", "mlp_bias"])
            config.Remove(key);
        change(config);
        File.WriteAllText(folder.PathOf("config.json"), config.ToJsonString());
    }

    private static double Difference(TemporaryFolder folder, string name, HeadSource? head = null)
    {
        var recorded = Json.Read(SharedInputs.PathOf("goldens", "families", "cases", name, "expected.json"));
        using var network = RewardNetwork
            .Load(folder.Path, new LoadOptions { DType = DType.Float64, Head = head ?? new HeadSource.Stored() })
            .Network;
        return FamilyCase.Largest(
            recorded.GetProperty("sequences").IntegerLists().Select(sequence => Scores.Of(network, sequence)),
            recorded.GetProperty("single").GetProperty("logits_fp64").Numbers()
        );
    }
}
