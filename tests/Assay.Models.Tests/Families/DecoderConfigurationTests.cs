using System.Text;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Families;
using Assay.Models.Packing;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Families;

/// <summary>The keys by which the decoders in Llama's manner differ: read, or refused by their name.</summary>
public sealed class DecoderConfigurationTests
{
    // Traps are recorded with two digits.
    private const double TrapPrecision = 0.06;

    /// <summary>
    /// The recording's wrong variants that are another configuration: read, they move the scores by just what was recorded, so the key is
    /// used as the reference uses it.
    /// </summary>
    [SharedTheory]
    [InlineData("gemma", "silu", """{"hidden_act": "silu"}""")]
    [InlineData("gemma", "gelu (erf)", """{"hidden_activation": "gelu"}""")]
    [InlineData("gemma2", "no attention softcap", """{"attn_logit_softcapping": null}""")]
    [InlineData("gemma2", "softcap 50 (default)", """{"attn_logit_softcapping": 50.0}""")]
    [InlineData("gemma2", "scaled by head_dim", """{"query_pre_attn_scalar": 12}""")]
    [InlineData("gemma2", "window in every layer", """{"layer_types": ["sliding_attention", "sliding_attention", "sliding_attention"]}""")]
    [InlineData("gemma2", "window in odd layers", """{"layer_types": ["full_attention", "sliding_attention", "full_attention"]}""")]
    [InlineData("gemma2", "no window", """{"layer_types": ["full_attention", "full_attention", "full_attention"]}""")]
    [InlineData("gemma2", "gelu (erf)", """{"hidden_activation": "gelu"}""")]
    [InlineData("gemma3_text", "scaled by head_dim", """{"query_pre_attn_scalar": 12}""")]
    [InlineData("gemma3_text", "gelu (erf)", """{"hidden_activation": "gelu"}""")]
    [InlineData("mistral", "no window", """{"sliding_window": null}""")]
    [InlineData("mistral", "window one wider", """{"sliding_window": 7}""")]
    [InlineData("mistral", "window one narrower", """{"sliding_window": 5}""")]
    [InlineData("mixtral", "one expert", """{"num_experts_per_tok": 1}""")]
    [InlineData("mixtral", "all experts", """{"num_experts_per_tok": 4}""")]
    [InlineData("olmo2", "rms_norm_eps=1e-05 (family default)", """{"rms_norm_eps": 1e-05}""")]
    [InlineData("phi3-longrope", "no window", """{"sliding_window": null}""")]
    [InlineData("qwen2", "rope_theta=10000", """{"rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}}""")]
    [InlineData("qwen2-window", "no window", """{"use_sliding_window": false, "layer_types": null}""")]
    [InlineData("qwen2-window", "window in every layer", """{"layer_types": null, "max_window_layers": 0}""")]
    [InlineData("qwen3", "rms_norm_eps=1e-06 (family default)", """{"rms_norm_eps": 1e-06}""")]
    [InlineData("qwen3_moe", "norm_topk_prob false", """{"norm_topk_prob": null}""")]
    [InlineData("qwen3_moe", "one expert", """{"num_experts_per_tok": 1}""")]
    [InlineData("smollm3", "rotary in every layer", """{"no_rope_layers": [1, 1, 1]}""")]
    [InlineData("smollm3", "no_rope_layers inverted", """{"no_rope_layers": [0, 1, 0]}""")]
    public void A_wrong_configuration_moves_the_scores_as_recorded(string name, string trap, string changes)
    {
        var expected = Json.Read(Path.Combine(Case(name), "expected.json"));
        var wanted = expected.GetProperty("traps").GetProperty(trap).GetDouble();
        var found = FamilyCase.Largest(ScoresWith(name, changes), expected.GetProperty("right").GetProperty("logits_fp64").Numbers());
        Assert.True(Math.Abs(found - wanted) <= TrapPrecision * wanted, $"{found:g4}, recorded {wanted}");
    }

    /// <summary>Other words for the same model.</summary>
    [SharedTheory]
    [InlineData("gemma", """{"hidden_act": "gelu"}""")]
    [InlineData("gemma", """{"hidden_act": "relu", "hidden_activation": "gelu_pytorch_tanh"}""")]
    [InlineData(
        "gemma2",
        """{"layer_types": null, "hidden_act": "relu", "cache_implementation": "hybrid", "final_logit_softcapping": 30.0}"""
    )]
    [InlineData("gemma3_text", """{"layer_types": null, "sliding_window_pattern": 3}""")]
    [InlineData("phi3", """{"attention_bias": false, "mlp_bias": false, "lm_head_bias": false}""")]
    [InlineData(
        "phi3-longrope",
        """{"rope_parameters": null, "rope_theta": 100.0, "rope_scaling": {"type": "su", "short_factor": [1.0, 1.1, 1.3, 1.6], "long_factor": [1.2, 2.0, 3.5, 5.0]}}"""
    )]
    [InlineData(
        "phi3-longrope",
        """{"rope_parameters": null, "rope_theta": 100.0, "rope_scaling": {"type": "yarn", "short_factor": [1.0, 1.1, 1.3, 1.6], "long_factor": [1.2, 2.0, 3.5, 5.0]}}"""
    )]
    [InlineData("qwen2", """{"sliding_window": 4, "max_window_layers": 0, "layer_types": null}""")]
    [InlineData("qwen2-window", """{"layer_types": null}""")]
    [InlineData("qwen3_moe", """{"num_local_experts": null, "num_experts": 4, "max_window_layers": 48}""")]
    [InlineData("qwen3_moe", """{"mlp_only_layers": [], "decoder_sparse_step": 2}""")]
    [InlineData("smollm3", """{"no_rope_layers": null, "layer_types": null}""")]
    [InlineData("smollm3", """{"no_rope_layers": [1, 0, 1, 0, 0]}""")]
    public void Other_words_for_the_same_model_give_the_same_scores(string name, string changes)
    {
        var wanted = Json.Read(Path.Combine(Case(name), "expected.json")).GetProperty("right").GetProperty("logits_fp64").Numbers();
        Assert.InRange(FamilyCase.Largest(ScoresWith(name, changes), wanted), 0, FamilyCase.ScoreLimitFp64);
    }

    [Theory]
    [InlineData("gemma", """{"use_bidirectional_attention": true}""", "use_bidirectional_attention")]
    [InlineData("gemma", """{"head_dim": 7}""", "head_dim")]
    [InlineData("gemma2", """{"layer_types": ["full_attention"]}""", "layer_types")]
    [InlineData("gemma2", """{"layer_types": ["full_attention", "chunked_attention"]}""", "layer_types")]
    [InlineData("gemma2", """{"sliding_window": null, "layer_types": ["full_attention", "sliding_attention"]}""", "layer_types")]
    [InlineData("gemma2", """{"attn_logit_softcapping": -1}""", "attn_logit_softcapping")]
    [InlineData("gemma2", """{"hidden_activation": "swishy"}""", "hidden_activation")]
    [InlineData("gemma3_text", """{"attn_logit_softcapping": 50.0}""", "attn_logit_softcapping")]
    [InlineData(
        "gemma3_text",
        """{"rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 0}, "sliding_attention": {"rope_type": "default"}}}""",
        "rope_parameters.full_attention.factor"
    )]
    [InlineData("mistral", """{"sliding_window": 0}""", "sliding_window")]
    [InlineData("mistral", """{"num_attention_heads": 6}""", "num_attention_heads")]
    [InlineData("mistral", """{"num_key_value_heads": 3}""", "num_key_value_heads")]
    [InlineData("mixtral", """{"num_experts_per_tok": 9}""", "num_experts_per_tok")]
    [InlineData("olmo2", """{"partial_rotary_factor": 0.5}""", "partial_rotary_factor")]
    [InlineData("phi3", """{"rope_scaling": {"rope_type": "linear", "factor": 2.0}}""", "rope_scaling")]
    [InlineData("phi3", """{"partial_rotary_factor": 0.3}""", "partial_rotary_factor")]
    [InlineData("phi3", """{"attention_bias": true}""", "attention_bias")]
    [InlineData("qwen2", """{"use_mrope": true}""", "use_mrope")]
    [InlineData("qwen3", """{"use_sliding_window": 1}""", "use_sliding_window")]
    [InlineData("qwen3_moe", """{"num_experts": 8, "num_local_experts": 4}""", "num_local_experts")]
    [InlineData("qwen3_moe", """{"mlp_only_layers": [-1]}""", "mlp_only_layers")]
    [InlineData("smollm3", """{"no_rope_layers": [1]}""", "no_rope_layers")]
    public void What_a_family_does_not_do_is_refused_by_its_key(string family, string changes, string key)
    {
        var root = JsonNode.Parse(changes)!.AsObject();
        foreach (
            var (name, value) in new (string, JsonNode)[]
            {
                ("model_type", family),
                ("hidden_size", 16),
                ("num_hidden_layers", 2),
                ("num_attention_heads", 4),
                ("num_key_value_heads", 2),
            }
        )
            root.TryAdd(name, value);
        using var tiny = TinyCheckpoint
            .Llama()
            .With(
                (config, _) =>
                {
                    config.Clear();
                    foreach (var (name, value) in root)
                        config[name] = value?.DeepClone();
                }
            );
        var refusal = Assert.Throws<CheckpointException>(() => RewardNetwork.Load(tiny.Path));
        Assert.Contains($"config.json: {key} is", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"sliding_window": 6}""", 6)]
    [InlineData("""{"sliding_window": null}""", 0)]
    [InlineData("{}", 4096)]
    public void A_window_that_is_null_is_none_and_one_that_is_absent_is_the_familys(string json, int window) =>
        Assert.Equal(window, LayerTypes.Window(ConfigFile.Parse("config.json", Encoding.UTF8.GetBytes(json)), absent: 4096));

    /// <summary>
    /// Of a length beyond the original context LongRoPE takes other factors, so what precedes may not be computed once for a short and a
    /// long one.
    /// </summary>
    [SharedFact]
    public void A_prefix_is_not_shared_where_longrope_takes_other_factors()
    {
        using var network = RewardNetwork.Load(Case("phi3-longrope"), new LoadOptions { DType = DType.Float64 }).Network;
        Assert.Equal(16, network.Packing.SharedPrefixLimit);
        int[][] pair =
        [
            [.. Enumerable.Range(20, 12)],
            [.. Enumerable.Range(20, 24)],
        ];
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        var batch = PackedBatch.FromGroups([pair], network.Packing);
        Assert.Equal(batch.UnsharedTokenCount, batch.TokenCount);
        Assert.InRange(
            FamilyCase.Largest(network.Score(batch).ToDoubles(), pair.Select(sequence => Scores.Of(network, sequence))),
            0,
            FamilyCase.ScoreLimitFp64
        );
    }

    /// <summary>Layers that are run again in the backward are given the same angles and choose the same experts.</summary>
    [SharedFact]
    public void Checkpointed_gradients_are_bit_equal()
    {
        foreach (var name in new[] { "gemma3_text", "mixtral", "smollm3", "phi3", "olmo2" })
        {
            using var network = RewardNetwork.Load(Case(name)).Network;
            Assert.Equal(Gradients(network, checkpointing: false), Gradients(network, checkpointing: true));
        }
    }

    private static double[][] Gradients(RewardNetwork network, bool checkpointing)
    {
        using var scope = new TensorScope();
        network.GradientCheckpointing = checkpointing;
        foreach (var parameter in network.Parameters)
            parameter.Value.Grad = null;
        BradleyTerry
            .Loss(
                network.Score(
                    PackedBatch.FromGroups(
                        [
                            [
                                [5, 6, 7, 8],
                                [5, 6, 9],
                            ],
                            [
                                [1, 10],
                                [1, 11, 12],
                            ],
                        ],
                        network.Packing
                    )
                )
            )
            .Backward();
        return [.. network.Parameters.Select(parameter => parameter.Value.Grad?.ToDoubles() ?? [])];
    }

    /// <summary>The recorded sequences' scores in fp64, each key of <paramref name="changes"/> put into the case's configuration.</summary>
    private static double[] ScoresWith(string name, string changes)
    {
        using var folder = new TemporaryFolder();
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Case(name), "config.json")))!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(changes)!.AsObject())
            config[key] = value?.DeepClone();
        File.WriteAllText(folder.PathOf("config.json"), config.ToJsonString());
        File.CreateSymbolicLink(folder.PathOf("model.safetensors"), Path.Combine(Case(name), "model.safetensors"));
        var loaded = RewardNetwork.Load(folder.Path, new LoadOptions { DType = DType.Float64 });
        using var network = loaded.Network;
        Assert.Empty(loaded.Warnings);
        var expected = Json.Read(Path.Combine(Case(name), "expected.json"));
        int[][][] groups = [.. expected.GetProperty("sequences").IntegerLists().Select(sequence => new[] { sequence })];
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        return network
            .Score(
                PackedBatch.FromGroups(groups, network.Packing, expected.GetProperty("right").GetProperty("input_ids")[0].GetArrayLength())
            )
            .ToDoubles();
    }

    private static string Case(string name) => SharedInputs.PathOf("goldens", "families", "cases", name);
}
