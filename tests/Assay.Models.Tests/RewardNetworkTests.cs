using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests;

public sealed class RewardNetworkTests
{
    [SharedTheory]
    [InlineData("llama score.weight, seed 42", "llama-lm", 42)]
    [InlineData("llama score.weight, seed 0", "llama-lm", 0)]
    public void A_fresh_head_equals_torch_bit_for_bit(string recorded, string checkpoint, int seed)
    {
        var loaded = RewardNetwork.Load(
            SharedInputs.PathOf("goldens", "training", "checkpoints", checkpoint),
            new LoadOptions { Head = new HeadSource.Fresh((ulong)seed) }
        );
        using var network = loaded.Network;
        Assert.Equal(["score.weight"], loaded.FreshTensors);
        Assert.Equal(Recorded(recorded, "values"), Values(network, "score.weight"));
    }

    [SharedFact]
    public void A_fresh_classifier_has_torchs_weight_and_no_bias()
    {
        using var folder = new TemporaryFolder();
        var source = SharedInputs.PathOf("goldens", "training", "checkpoints", "bert-rm");
        CopyWithout(source, folder.Path, "BertModel", name => name.StartsWith("classifier", StringComparison.Ordinal));
        var loaded = RewardNetwork.Load(folder.Path, new LoadOptions { Head = new HeadSource.Fresh(42) });
        using var network = loaded.Network;
        Assert.Equal(["classifier.weight", "classifier.bias"], loaded.FreshTensors);
        Assert.Equal(Recorded("bert classifier, seed 42", "weight"), Values(network, "classifier.weight"));
        Assert.Equal([0f], Values(network, "classifier.bias"));
    }

    [Fact]
    public void A_pooler_that_is_missing_is_drawn_with_the_head_and_never_without_it()
    {
        using var tiny = TinyCheckpoint
            .Bert()
            .With(
                (config, shapes) =>
                {
                    foreach (
                        var name in shapes
                            .Keys.Where(name =>
                                name.StartsWith("bert.pooler", StringComparison.Ordinal)
                                || name.StartsWith("classifier", StringComparison.Ordinal)
                            )
                            .ToArray()
                    )
                        shapes.Remove(name);
                    config["architectures"] = new JsonArray("BertForMaskedLM");
                }
            );
        var loaded = RewardNetwork.Load(tiny.Path, new LoadOptions { Head = new HeadSource.Fresh(1) });
        loaded.Network.Dispose();
        Assert.Equal(["bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias"], loaded.FreshTensors);

        using var headed = TinyCheckpoint.Bert().With((_, shapes) => shapes.Remove("bert.pooler.dense.weight"));
        var refusal = Assert.Throws<CheckpointException>(() =>
            RewardNetwork.Load(headed.Path, new LoadOptions { Head = new HeadSource.Fresh(1) })
        );
        Assert.Contains("bert.pooler.dense.weight", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("bert")]
    public void A_saved_network_loads_to_bit_equal_scores(string family)
    {
        using var tiny = family == "llama" ? TinyCheckpoint.Llama() : TinyCheckpoint.Bert();
        using var folder = new TemporaryFolder();
        int[][] sequences =
        [
            [1, 2, 3, 4],
            [5, 6],
        ];
        double[] before;
        using (var network = RewardNetwork.Load(tiny.Path).Network)
        {
            before = Scores.OfAll(network, sequences);
            NetworkFolder.Save(network, folder.Path, padTokenId: 9, shardBytes: 2000);
        }
        Assert.True(Directory.GetFiles(folder.Path, "*.safetensors").Length > 1);
        var loaded = RewardNetwork.Load(folder.Path);
        using var again = loaded.Network;
        Assert.Empty(loaded.Warnings);
        Assert.Equal(before, Scores.OfAll(again, sequences));
        Assert.Equal(9, again.PadTokenId);

        // The fingerprint does not see how the weights are cut into files, and sees one bit of one weight.
        var fingerprint = StoredWeights.Fingerprint(tiny.Path);
        Assert.Equal(fingerprint, StoredWeights.Fingerprint(folder.Path));
        var values = again.Parameters[^1].Value.ToFloats();
        values[0] = MathF.BitIncrement(values[0]);
        again.Parameters[^1].Value.CopyFrom(Tensor.From(values, again.Parameters[^1].Value.Shape));
        using var changed = new TemporaryFolder();
        NetworkFolder.Save(again, changed.Path);
        Assert.NotEqual(fingerprint, StoredWeights.Fingerprint(changed.Path));
    }

    [Fact]
    public void A_saved_configuration_is_one_that_transformers_opens()
    {
        using var tiny = TinyCheckpoint
            .Llama()
            .With(
                (config, shapes) =>
                {
                    shapes.Remove("score.weight");
                    config["architectures"] = new JsonArray("LlamaForCausalLM");
                    config.Remove("id2label");
                    config["rope_scaling"] = new JsonObject { ["type"] = "linear", ["factor"] = 2.0 };
                    config["something_of_their_own"] = 5;
                }
            );
        using var folder = new TemporaryFolder();
        var loaded = RewardNetwork.Load(tiny.Path, new LoadOptions { Head = new HeadSource.Fresh(1) });
        using var network = loaded.Network;
        Assert.Contains("something_of_their_own", Assert.Single(loaded.Warnings), StringComparison.Ordinal);
        var note = Assert.Single(NetworkFolder.Save(network, folder.Path));
        Assert.Contains("rope_parameters", note, StringComparison.Ordinal);

        var saved = Json.Read(folder.PathOf("config.json"));
        Assert.Equal("LlamaForSequenceClassification", saved.GetProperty("architectures")[0].GetString());
        Assert.Equal("LABEL_0", saved.GetProperty("id2label").GetProperty("0").GetString());
        Assert.Equal(0, saved.GetProperty("label2id").GetProperty("LABEL_0").GetInt32());
        Assert.Equal("float32", saved.GetProperty("dtype").GetString());
        Assert.Equal(5, saved.GetProperty("something_of_their_own").GetInt32());
        var rope = saved.GetProperty("rope_parameters");
        Assert.Equal(
            ("linear", 2.0, 10000.0),
            (rope.GetProperty("rope_type").GetString(), rope.GetProperty("factor").GetDouble(), rope.GetProperty("rope_theta").GetDouble())
        );
        foreach (var old in new[] { "rope_theta", "rope_scaling", "torch_dtype" })
            Assert.False(saved.TryGetProperty(old, out _), old);
        using var file = SafetensorsFile.Open(folder.PathOf("model.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Contains(file.Tensors, tensor => tensor is { Name: "score.weight", Kind: ElementKind.F32 });
    }

    [SharedTheory]
    [InlineData("layouts/names-bert-gamma-beta", "cases/bert")]
    public void Saved_weights_are_the_bytes_that_transformers_wrote(string source, string written)
    {
        using var folder = new TemporaryFolder();
        using (var network = RewardNetwork.Load(SharedInputs.PathOf("goldens", "families", source)).Network)
            NetworkFolder.Save(network, folder.Path);
        Assert.Equal(
            File.ReadAllBytes(SharedInputs.PathOf("goldens", "families", written, "model.safetensors")),
            File.ReadAllBytes(folder.PathOf("model.safetensors"))
        );
    }

    [Theory]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float16)]
    public void The_head_stays_in_fp32_when_the_weights_are_narrowed(DType dtype)
    {
        using var tiny = TinyCheckpoint.Llama();
        using var network = RewardNetwork.Load(tiny.Path, new LoadOptions { DType = dtype }).Network;
        Assert.All(
            network.Parameters,
            parameter => Assert.Equal(parameter.Name == "score.weight" ? DType.Float32 : dtype, parameter.Value.DType),
            throwIfEmpty: true
        );
        network.ConvertTo(DType.Float64);
        Assert.All(network.Parameters, parameter => Assert.Equal(DType.Float64, parameter.Value.DType), throwIfEmpty: true);
        Assert.All(network.Parameters, parameter => Assert.True(parameter.Value.RequiresGrad), throwIfEmpty: true);
    }

    [Fact]
    public void A_network_converted_to_fp64_keeps_the_fp32_values_of_its_rotary_frequencies()
    {
        using var llama = TinyCheckpoint.Llama();
        using var bert = TinyCheckpoint.Bert();
        Assert.InRange(Difference(llama.Path), 1e-12, 1e-6);
        Assert.Equal(0, Difference(bert.Path)); // no frequencies: the weights of both are the same fp32 values

        static double Difference(string path)
        {
            using var read = RewardNetwork.Load(path, new LoadOptions { DType = DType.Float64 }).Network;
            using var converted = RewardNetwork.Load(path).Network;
            converted.ConvertTo(DType.Float64);
            return Math.Abs(Scores.Of(read, 1, 2, 3, 4, 5, 6, 7) - Scores.Of(converted, 1, 2, 3, 4, 5, 6, 7));
        }
    }

    [Fact]
    public void Ids_and_lengths_that_the_model_has_no_row_for_are_refused()
    {
        using var tiny = TinyCheckpoint.Bert();
        using var network = RewardNetwork.Load(tiny.Path).Network;
        Assert.Contains(
            "vocabulary of 50",
            Assert.Throws<ArgumentException>(() => Scores.Of(network, 1, 50)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => Scores.Of(network, 1, -1));
        Assert.True(double.IsFinite(Scores.Of(network, [.. Enumerable.Repeat(1, 32)])));
        var refusal = Assert.Throws<ArgumentException>(() => Scores.Of(network, [.. Enumerable.Repeat(1, 33)]));
        Assert.Contains("33 tokens", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("32", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quantization_config", """{"bits": 4}""")]
    [InlineData("pad_token_id", "50")]
    [InlineData("hidden_size", "\"16\"")]
    [InlineData("rms_norm_eps", "0")]
    [InlineData("attention_bias", "1")]
    [InlineData("num_attention_heads", "16")]
    [InlineData("rope_theta", "-1")]
    [InlineData("architectures", """["LlamaForTokenClassification"]""")]
    public void A_wrong_value_is_refused_by_its_key(string key, string value)
    {
        using var tiny = TinyCheckpoint.Llama().With((config, _) => config[key] = JsonNode.Parse(value));
        var refusal = Assert.Throws<CheckpointException>(() => RewardNetwork.Load(tiny.Path));
        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("config.json", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("position_embedding_type", "\"relative_key\"")]
    [InlineData("is_decoder", "true")]
    [InlineData("hidden_act", "\"gelu_10\"")]
    public void What_bert_does_not_do_here_is_refused_by_its_key(string key, string value)
    {
        using var tiny = TinyCheckpoint.Bert().With((config, _) => config[key] = JsonNode.Parse(value));
        Assert.Contains(key, Assert.Throws<CheckpointException>(() => RewardNetwork.Load(tiny.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gguf_is_loaded_by_its_file_or_by_its_folder_and_proven_against_the_configuration()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder.PathOf("config.json"),
            """{"model_type": "llama", "vocab_size": 2, "hidden_size": 4, "intermediate_size": 2, "num_hidden_layers": 1, "num_attention_heads": 2}"""
        );
        byte[] Ones(int count) => [.. Enumerable.Repeat(BitConverter.GetBytes(1f), count).SelectMany(bytes => bytes)];
        (string, long[], uint, byte[])[] tensors =
        [
            ("token_embd.weight", [4, 2], 0, Ones(8)),
            ("output_norm.weight", [4], 0, Ones(4)),
            ("rope_freqs.weight", [1], 0, Ones(1)),
            ("blk.0.attn_norm.weight", [4], 0, Ones(4)),
            ("blk.0.ffn_norm.weight", [4], 0, Ones(4)),
            ("blk.0.attn_q.weight", [4, 4], 0, Ones(16)),
            ("blk.0.attn_k.weight", [4, 4], 0, Ones(16)),
            ("blk.0.attn_v.weight", [4, 4], 0, Ones(16)),
            ("blk.0.attn_output.weight", [4, 4], 0, Ones(16)),
            ("blk.0.ffn_gate.weight", [4, 2], 0, Ones(8)),
            ("blk.0.ffn_up.weight", [4, 2], 0, Ones(8)),
            ("blk.0.ffn_down.weight", [2, 4], 0, Ones(8)),
        ];
        var path = Checkpoints.GgufBuilder.Write(folder.PathOf("m.gguf"), tensors, heads: 2);
        var fresh = new LoadOptions { Head = new HeadSource.Fresh(1) };
        foreach (var named in new[] { folder.Path, path })
        {
            var loaded = RewardNetwork.Load(named, fresh);
            loaded.Network.Dispose();
            Assert.Empty(loaded.Warnings);
        }
        Checkpoints.GgufBuilder.Write(path, tensors, heads: 1);
        Assert.Contains(
            "head_count",
            Assert.Throws<CheckpointException>(() => RewardNetwork.Load(path, fresh)).Message,
            StringComparison.Ordinal
        );
    }

    private static float[] Recorded(string name, string field) =>
        [
            .. Json.Read(SharedInputs.PathOf("goldens", "training", "reward", "head_init.json"))
                .GetProperty(name)
                .GetProperty(field)
                .Numbers()
                .Select(value => (float)value),
        ];

    private static float[] Values(RewardNetwork network, string name) =>
        network.Parameters.Single(parameter => parameter.Name == name).Value.ToFloats();

    private static void CopyWithout(string source, string folder, string architecture, Func<string, bool> left)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")))!;
        config["architectures"] = new JsonArray(architecture);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        using var file = SafetensorsFile.Open(Path.Combine(source, "model.safetensors"));
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            [
                .. file
                    .Tensors.Where(tensor => !left(tensor.Name))
                    .Select(tensor => new TensorToWrite(
                        tensor.Name,
                        tensor.Kind,
                        tensor.Shape,
                        stream => stream.Write(file.RowBytes(tensor, 0, (int)TensorFile.RowCount(tensor)))
                    )),
            ]
        );
    }
}
