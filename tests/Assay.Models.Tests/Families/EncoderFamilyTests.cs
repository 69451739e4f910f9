using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Families;
using Assay.Models.Packing;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Families;

/// <summary>What the goldens of the encoder families do not say: heads that are drawn, other forms of the files, what is refused.</summary>
public sealed class EncoderFamilyTests
{
    [SharedTheory]
    [InlineData("roberta")]
    [InlineData("xlm-roberta")]
    public void Positions_begin_behind_the_pad_id_and_a_pad_token_has_none(string name)
    {
        using var network = Network(name);
        var table = network.Parameters.Single(parameter => parameter.Name == "roberta.embeddings.position_embeddings.weight").Value;
        Assert.Equal(66 - 2, network.LongestSequence);
        using var scope = new TensorScope();
        network
            .Score(
                PackedBatch.FromSequences(
                    [
                        [0, 7, 1, 8, 2],
                        [0, 9, 2],
                    ],
                    network.Packing
                )
            )
            .Sum()
            .Backward();
        var gradients = table.Grad!.ToDoubles();
        bool Used(int row) => gradients.Skip(row * 32).Take(32).Any(value => value != 0);
        // 0 7 8 2 are at 2, 3, 4, 5; the pad token (1) is at its own id, whose row is not trained; the second sequence counts anew.
        Assert.Equal([2, 3, 4, 5], Enumerable.Range(0, 66).Where(Used));
        var refusal = Assert.Throws<ArgumentException>(() => Scores.Of(network, [.. Enumerable.Repeat(5, 65)]));
        Assert.Contains("65 tokens", refusal.Message, StringComparison.Ordinal);
        Assert.True(double.IsFinite(Scores.Of(network, [.. Enumerable.Repeat(5, 64)])));
    }

    [SharedTheory]
    [InlineData("roberta", "RobertaForMaskedLM", "classifier.", "lm_head.bias", 4)]
    [InlineData("xlm-roberta", "XLMRobertaForMaskedLM", "classifier.", "lm_head.layer_norm.weight", 4)]
    [InlineData("deberta-v2", "DebertaV2ForMaskedLM", "classifier.", "lm_predictions.lm_head.bias", 2)]
    [InlineData("deberta-v2", "DebertaV2Model", "classifier.|pooler.", "mask_predictions.dense.bias", 4)]
    [InlineData("modernbert", "ModernBertForMaskedLM", "classifier.", "decoder.bias", 2)]
    [InlineData("modernbert-mean", "ModernBertModel", "classifier.|head.", null, 6)]
    public void A_language_model_gets_the_head_that_it_lacks_and_keeps_what_it_has(
        string name,
        string architecture,
        string without,
        string? with,
        int fresh
    )
    {
        using var folder = new TemporaryFolder();
        CopyAs(
            name,
            folder,
            architecture,
            tensor => without.Split('|').Any(prefix => tensor.StartsWith(prefix, StringComparison.Ordinal)),
            with
        );
        Assert.Contains(
            "classifier",
            Assert.Throws<CheckpointException>(() => RewardNetwork.Load(folder.Path)).Message,
            StringComparison.Ordinal
        );
        var loaded = RewardNetwork.Load(folder.Path, new LoadOptions { Head = new HeadSource.Fresh(42) });
        using var network = loaded.Network;
        Assert.Empty(loaded.Warnings);
        Assert.Equal(fresh, loaded.FreshTensors.Count);
        Assert.All(
            loaded.FreshTensors,
            tensor => Assert.Contains(without.Split('|'), prefix => tensor.StartsWith(prefix, StringComparison.Ordinal)),
            throwIfEmpty: true
        );
        using var original = Network(name);
        Assert.Equal(original.Parameters.Count, network.Parameters.Count);
        foreach (var (mine, its) in network.Parameters.Zip(original.Parameters))
        {
            Assert.Equal(its.Name, mine.Name);
            Assert.Equal(!loaded.FreshTensors.Contains(mine.Name), mine.Value.ToFloats().AsSpan().SequenceEqual(its.Value.ToFloats()));
        }
    }

    [SharedFact]
    public void A_fresh_head_is_drawn_tensor_by_tensor_as_the_library_draws_it()
    {
        // RoBERTa, DeBERTa: normals of initializer_range in the order of the modules, biases 0.
        using var scope = new TensorScope();
        foreach (
            var (name, architecture, prefix, modules) in new[]
            {
                ("roberta", "RobertaModel", "classifier.", new[] { "classifier.dense", "classifier.out_proj" }),
                ("deberta-v2", "DebertaV2Model", "classifier.|pooler.", ["pooler.dense", "classifier"]),
            }
        )
        {
            using var network = FreshNetwork(name, architecture, prefix);
            var generator = new Generator(42);
            foreach (var module in modules)
            {
                var weight = Value(network, module + ".weight");
                Assert.Equal(Tensor.Normal(generator, 0, 0.02, DType.Float32, weight.Shape).ToFloats(), weight.ToFloats());
                Assert.All(Value(network, module + ".bias").ToFloats(), value => Assert.Equal(0, value), throwIfEmpty: true);
            }
        }

        // ModernBERT: normals cut off at two deviations, the dense layer's divided by the root of twice the layers, the classifier's 1 /
        // sqrt(hidden), the norm 1.
        using var modern = FreshNetwork("modernbert-mean", "ModernBertModel", "classifier.|head.");
        var draws = new Generator(42);
        Assert.Equal(
            Tensor.TruncatedNormal(draws, 0.02 / Math.Sqrt(8), 2, 32, 32).ToFloats(),
            Value(modern, "head.dense.weight").ToFloats()
        );
        Assert.Equal(Tensor.TruncatedNormal(draws, 1 / Math.Sqrt(32), 2, 1, 32).ToFloats(), Value(modern, "classifier.weight").ToFloats());
        Assert.All(Value(modern, "head.norm.weight").ToFloats(), value => Assert.Equal(1, value), throwIfEmpty: true);
        foreach (var bias in new[] { "head.dense.bias", "head.norm.bias", "classifier.bias" })
            Assert.All(Value(modern, bias).ToFloats(), value => Assert.Equal(0, value), throwIfEmpty: true);
    }

    [SharedFact]
    public void A_classifier_that_lost_a_part_of_its_head_is_refused_whatever_is_asked_for()
    {
        foreach (
            var (name, architecture, lost) in new[]
            {
                ("roberta", "RobertaForSequenceClassification", "classifier.dense.weight"),
                ("deberta-v2", "DebertaV2ForSequenceClassification", "pooler.dense.weight"),
                ("modernbert", "ModernBertForSequenceClassification", "head.dense.weight"),
            }
        )
        {
            using var folder = new TemporaryFolder();
            CopyAs(name, folder, architecture, tensor => tensor == lost, null);
            foreach (var head in new HeadSource[] { new HeadSource.Stored(), new HeadSource.Fresh(1) })
                Assert.Contains(
                    lost,
                    Assert.Throws<CheckpointException>(() => RewardNetwork.Load(folder.Path, new LoadOptions { Head = head })).Message,
                    StringComparison.Ordinal
                );
        }
    }

    [SharedFact]
    public void A_head_file_may_hold_what_the_head_shares_with_a_language_model()
    {
        using var folder = new TemporaryFolder();
        CopyAs("deberta-v2", folder, "DebertaV2Model", tensor => !tensor.StartsWith("deberta.", StringComparison.Ordinal), null);
        using var file = SafetensorsFile.Open(Path.Combine(Case("deberta-v2"), "model.safetensors"));
        SafetensorsWriter.Write(
            folder.PathOf("head.safetensors"),
            [
                .. file
                    .Tensors.Where(tensor => !tensor.Name.StartsWith("deberta.", StringComparison.Ordinal))
                    .Select(tensor => Copy(file, tensor)),
            ]
        );
        using var network = RewardNetwork
            .Load(folder.Path, new LoadOptions { Head = new HeadSource.FromFile(folder.PathOf("head.safetensors")) })
            .Network;
        using var original = Network("deberta-v2");
        Assert.Equal(Scores.Of(original, 1, 5, 6, 2), Scores.Of(network, 1, 5, 6, 2));
    }

    [SharedFact]
    public void Without_relative_attention_a_deberta_scores_as_if_positions_projected_to_nothing()
    {
        bool IsPosition(string tensor) => tensor.Contains(".pos_", StringComparison.Ordinal);
        using var zeroed = Network("deberta-v2-conv");
        var before = Scores.Of(zeroed, 1, 5, 6, 9, 2);
        foreach (var parameter in zeroed.Parameters.Where(parameter => IsPosition(parameter.Name)))
            parameter.Value.Fill(0);
        using var folder = new TemporaryFolder();
        CopyAs(
            "deberta-v2-conv",
            folder,
            "DebertaV2ForSequenceClassification",
            tensor => IsPosition(tensor) || tensor.Contains("rel_embeddings", StringComparison.Ordinal),
            null
        );
        var config = JsonNode.Parse(File.ReadAllText(folder.PathOf("config.json")))!;
        config["relative_attention"] = false;
        File.WriteAllText(folder.PathOf("config.json"), config.ToJsonString());
        var loaded = RewardNetwork.Load(folder.Path);
        using var network = loaded.Network;
        Assert.Empty(loaded.Warnings);
        Assert.Equal(Scores.Of(zeroed, 1, 5, 6, 9, 2), Scores.Of(network, 1, 5, 6, 9, 2), FamilyCase.ScoreLimitFp32);
        Assert.True(Math.Abs(before - Scores.Of(network, 1, 5, 6, 9, 2)) > 1e-3);
    }

    [SharedFact]
    public void Absolute_positions_that_a_deberta_does_not_add_are_left_out()
    {
        using var folder = new TemporaryFolder();
        CopyAs("deberta-v2", folder, "DebertaV2ForSequenceClassification", _ => false, "deberta.embeddings.position_embeddings.weight");
        var loaded = RewardNetwork.Load(folder.Path);
        using var network = loaded.Network;
        using var original = Network("deberta-v2");
        Assert.Equal(Scores.Of(original, 1, 5, 6, 2), Scores.Of(network, 1, 5, 6, 2));
        Assert.Null(network.LongestSequence);
        Assert.Equal(64, Network("deberta-v2-conv").LongestSequence);
    }

    [SharedFact]
    public void A_recomputed_layer_gives_the_same_gradients()
    {
        foreach (var name in new[] { "roberta", "deberta-v2", "deberta-v2-conv", "modernbert", "modernbert-mean" })
        {
            using var network = Network(name);
            var (plain, recomputed) = (Gradients(false), Gradients(true));
            Assert.Contains(plain, gradient => gradient.Any(value => Math.Abs(value) > 1e-3));
            foreach (var (kept, again) in plain.Zip(recomputed))
                // what flows to the table of distances is added up in another order
                Assert.Equal(kept, again, (a, b) => Math.Abs(a - b) <= 1e-6);

            double[][] Gradients(bool recomputes)
            {
                using var scope = new TensorScope();
                network.GradientCheckpointing = recomputes;
                foreach (var parameter in network.Parameters)
                    parameter.Value.Grad = null;
                BradleyTerry.Loss(network.Score(PackedBatch.FromPairs([([5, 6, 7, 8], [5, 9, 10])], network.Packing))).Backward();
                return [.. network.Parameters.Select(parameter => parameter.Value.Grad!.ToDoubles())];
            }
        }
    }

    [SharedFact]
    public void Fp32_weights_computed_in_bf16_give_scores_near_the_exact_ones()
    {
        foreach (var name in new[] { "roberta", "xlm-roberta", "deberta-v2", "deberta-v2-conv", "modernbert", "modernbert-mean" })
        {
            var sequences = Json.Read(Path.Combine(Case(name), "expected.json")).GetProperty("sequences").IntegerLists();
            using var network = Network(name);
            network.ComputeType = DType.BFloat16;
            var computed = Scores.OfAll(network, sequences);
            network.ConvertTo(DType.Float64);
            var difference = FamilyCase.Largest(computed, Scores.OfAll(network, sequences));
            Assert.True(difference > 0 && difference <= new FamilyCase(Case(name)).ScoreLimitBf16, $"{name}: {difference:g3}");
        }
    }

    [Theory]
    [InlineData("relative_attention", "1")]
    [InlineData("pos_att_type", "\"p2c|p2p\"")]
    [InlineData("pos_att_type", "7")]
    [InlineData("norm_rel_ebd", "\"batch_norm\"")]
    [InlineData("position_buckets", "1")]
    [InlineData("position_buckets", "2000")]
    [InlineData("pooler_hidden_size", "16")]
    [InlineData("attention_head_size", "16")]
    [InlineData("conv_kernel_size", "4")]
    [InlineData("conv_groups", "2")]
    [InlineData("conv_act", "\"swishy\"")]
    [InlineData("pooler_hidden_act", "\"swishy\"")]
    [InlineData("num_attention_heads", "5")]
    public void What_deberta_does_not_do_here_is_refused_by_its_key(string key, string value) =>
        Assert.Contains(
            key,
            Refusal(
                """{"hidden_size": 32, "num_attention_heads": 4, "relative_attention": true, "pos_att_type": ["c2p"], "position_buckets": 8}""",
                key,
                value,
                DebertaV2Config.Read
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("layer_types", """["full_attention"]""")]
    [InlineData("layer_types", """["full_attention", "chunked_attention"]""")]
    [InlineData("classifier_pooling", "\"max\"")]
    [InlineData("local_attention", "0")]
    [InlineData("global_attn_every_n_layers", "0")]
    [InlineData("hidden_activation", "\"swishy\"")]
    [InlineData("classifier_activation", "\"swishy\"")]
    [InlineData("partial_rotary_factor", "0.5")]
    [InlineData("num_attention_heads", "5")]
    [InlineData("num_attention_heads", "32")]
    [InlineData("rope_scaling", """{"rope_type": "spiral"}""")]
    public void What_modernbert_does_not_do_here_is_refused_by_its_key(string key, string value) =>
        Assert.Contains(
            key == "rope_scaling" ? "rope_type" : key,
            Refusal("""{"hidden_size": 32, "num_attention_heads": 4, "num_hidden_layers": 2}""", key, value, ModernBertConfig.Read),
            StringComparison.Ordinal
        );

    [Fact]
    public void Modernberts_older_keys_mean_what_they_meant()
    {
        var read = Read(
            """{"num_hidden_layers": 5, "global_attn_every_n_layers": 2, "global_rope_theta": 500, "local_rope_theta": null}""",
            out var warnings
        );
        Assert.Equal([false, true, false, true, false], read.IsLocal);
        Assert.Equal((500, 500), (read.GlobalRope.Theta, read.LocalRope.Theta)); // transformers 4: null is the global one
        read = Read("""{"num_hidden_layers": 4}""", out _);
        Assert.Equal([false, true, true, false], read.IsLocal);
        Assert.Equal((160000, 10000), (read.GlobalRope.Theta, read.LocalRope.Theta));
        Assert.Empty(warnings);
        Read("""{"num_hidden_layers": 4, "something_of_their_own": 1}""", out warnings);
        Assert.Contains("something_of_their_own", Assert.Single(warnings), StringComparison.Ordinal);

        static ModernBertConfig Read(string json, out List<string> warnings) =>
            ModernBertConfig.Read(ConfigFile.Parse("config.json", System.Text.Encoding.UTF8.GetBytes(json)), warnings = []);
    }

    [SharedFact]
    public void What_the_table_says_of_the_scored_token_is_what_the_network_does()
    {
        var seen = new HashSet<ScoredToken>();
        foreach (var folder in FamilyCases.Folders())
        {
            using var network = RewardNetwork.Load(folder).Network;
            Assert.Equal(network.Packing.Scored, network.Family.Scored(network.Config));
            seen.Add(network.Packing.Scored);
        }
        Assert.Equal(3, seen.Count);
    }

    private static string Refusal<T>(string json, string key, string value, Func<ConfigFile, ICollection<string>, T> read)
    {
        var config = JsonNode.Parse(json)!.AsObject();
        ConfigFile File() => ConfigFile.Parse("config.json", System.Text.Encoding.UTF8.GetBytes(config.ToJsonString()));
        read(File(), []);
        config[key] = JsonNode.Parse(value);
        return Assert.Throws<CheckpointException>(() => read(File(), [])).Message;
    }

    private static string Case(string name) => SharedInputs.PathOf("goldens", "families", "cases", name);

    private static RewardNetwork Network(string name) => RewardNetwork.Load(Case(name)).Network;

    private static RewardNetwork FreshNetwork(string name, string architecture, string without)
    {
        using var folder = new TemporaryFolder();
        CopyAs(
            name,
            folder,
            architecture,
            tensor => without.Split('|').Any(prefix => tensor.StartsWith(prefix, StringComparison.Ordinal)),
            null
        );
        return RewardNetwork.Load(folder.Path, new LoadOptions { Head = new HeadSource.Fresh(42) }).Network;
    }

    private static Tensor Value(RewardNetwork network, string name) => network.Parameters.Single(parameter => parameter.Name == name).Value;

    /// <summary>A case's checkpoint as another architecture, without some of its tensors and with one more of eight numbers.</summary>
    private static void CopyAs(string name, TemporaryFolder folder, string architecture, Func<string, bool> without, string? with)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Case(name), "config.json")))!;
        config["architectures"] = new JsonArray(architecture);
        File.WriteAllText(folder.PathOf("config.json"), config.ToJsonString());
        using var file = SafetensorsFile.Open(Path.Combine(Case(name), "model.safetensors"));
        var tensors = file.Tensors.Where(tensor => !without(tensor.Name)).Select(tensor => Copy(file, tensor)).ToList();
        if (with is not null)
            tensors.Add(new TensorToWrite(with, ElementKind.F32, [8], stream => stream.Write(new byte[32])));
        SafetensorsWriter.Write(folder.PathOf("model.safetensors"), tensors);
    }

    private static TensorToWrite Copy(SafetensorsFile file, StoredTensor tensor)
    {
        var bytes = file.RowBytes(tensor, 0, (int)TensorFile.RowCount(tensor)).ToArray();
        return new TensorToWrite(tensor.Name, tensor.Kind, tensor.Shape, stream => stream.Write(bytes));
    }
}
