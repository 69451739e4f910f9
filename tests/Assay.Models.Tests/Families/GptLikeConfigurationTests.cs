using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Packing;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Families;

/// <summary>What the configurations of GPT-2, GPT-NeoX, OPT and Falcon may say, and what is refused in them.</summary>
public sealed class GptLikeConfigurationTests
{
    private static readonly int[] Sequence = [5, 6, 7, 8, 9];

    [SharedTheory]
    [InlineData("gpt2", "n_head", "5")]
    [InlineData("gpt2", "add_cross_attention", "true")]
    [InlineData("gpt2", "activation_function", "\"swishy\"")]
    [InlineData("gpt2", "scale_attn_weights", "1")]
    [InlineData("gpt_neox", "num_attention_heads", "5")]
    [InlineData("gpt_neox", "rotary_pct", "0.25")] // rope_parameters says 0.5
    [InlineData("gpt_neox", "rotary_pct", "1.5")]
    [InlineData("gpt_neox", "rotary_emb_base", "10000")] // and 100
    [InlineData("gpt_neox", "rope_parameters", """{"rope_type": "default", "partial_rotary_factor": 0.4}""")] // three of eight dimensions
    [InlineData("falcon", "apply_residual_connection_post_layernorm", "true")]
    [InlineData("falcon", "n_embed", "64")]
    [InlineData("falcon", "num_ln_in_parallel_attn", "2")]
    [InlineData("falcon-new", "num_ln_in_parallel_attn", "3")]
    [InlineData("falcon-new", "parallel_attn", "false")]
    [InlineData("falcon-new", "num_kv_heads", "3")]
    [InlineData("falcon-new", "activation", "\"swishy\"")]
    [InlineData("falcon-rw", "num_kv_heads", "2")]
    [InlineData("opt", "layer_norm_elementwise_affine", "false")]
    [InlineData("opt", "learned_embeddings", "false")]
    [InlineData("opt", "scale_embeddings", "true")]
    [InlineData("opt", "num_attention_heads", "5")]
    [InlineData("opt", "activation_function", "\"swishy\"")]
    public void What_is_not_computed_here_is_refused_by_its_key(string name, string key, string value)
    {
        var refusal = Assert.Throws<CheckpointException>(() => Load(name, key, value));
        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("config.json", refusal.Message, StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("gpt2", "n_ctx", "64")]
    [InlineData("gpt2", "task_specific_params", "{}")]
    [InlineData("gpt2", "activation_function", "\"gelu_fast\"")]
    [InlineData("gpt_neox", "rotary_pct", "0.5")]
    [InlineData("gpt_neox", "rope_theta", "100")]
    [InlineData("gpt_neox", "rope_scaling", "null")]
    [InlineData("falcon", "apply_residual_connection_post_layernorm", "false")]
    [InlineData("falcon", "num_kv_heads", "2")] // the 7b form has one, whatever it says
    [InlineData("falcon", "n_embed", "32")]
    [InlineData("falcon-new", "ff_factor", "4")]
    [InlineData("falcon-new", "num_ln_in_parallel_attn", "null")] // then two
    [InlineData("opt", "prefix", "\"</s>\"")]
    [InlineData("opt", "activation_dropout", "0.0")]
    public void What_published_ones_say_beside_changes_nothing(string name, string key, string value)
    {
        using var plain = new FamilyCase(Case(name)).Load("config.json", DType.Float64);
        using var changed = Load(name, key, value);
        Assert.Equal(Scores.Of(plain, Sequence), Scores.Of(changed, Sequence), 1e-11); // gelu_fast rounds a constant
    }

    [SharedTheory]
    [InlineData("gpt2", "scale_attn_weights", "false")]
    [InlineData("gpt2", "scale_attn_by_inverse_layer_idx", "true")]
    [InlineData("gpt_neox", "use_parallel_residual", "false")]
    [InlineData("falcon-rw", "alibi", "false")]
    [InlineData("opt", "activation_function", "\"gelu\"")]
    public void What_changes_the_reference_changes_ours(string name, string key, string value)
    {
        using var plain = new FamilyCase(Case(name)).Load("config.json", DType.Float64);
        using var changed = Load(name, key, value);
        Assert.True(Math.Abs(Scores.Of(plain, Sequence) - Scores.Of(changed, Sequence)) > 1e-3);
    }

    [SharedTheory]
    [InlineData("gpt2", 64)]
    [InlineData("gpt2-scaled", 64)]
    [InlineData("opt", 64)]
    [InlineData("opt-350m-style", 64)]
    public void Sequences_end_where_the_table_of_positions_does(string name, int longest)
    {
        using var network = new FamilyCase(Case(name)).Load("config.json", DType.Float32);
        Assert.Equal(longest, network.LongestSequence);
        Assert.Equal(longest, ModelBounds.Read(Case(name)).LongestSequence);
        Assert.True(double.IsFinite(Scores.Of(network, [.. Enumerable.Repeat(7, longest)])));
        Assert.Contains(
            $"{longest + 1} tokens",
            Assert.Throws<ArgumentException>(() => Scores.Of(network, [.. Enumerable.Repeat(7, longest + 1)])).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// nn.Embedding(padding_idx) is OPT's alone among them: with pad as a real token, as where it is the eos too, the row gets a gradient
    /// in the others.
    /// </summary>
    [SharedTheory]
    [InlineData("gpt2", true)]
    [InlineData("gpt_neox", true)]
    [InlineData("falcon", true)]
    [InlineData("opt", false)]
    public void The_pad_tokens_row_is_trained_where_the_reference_trains_it(string name, bool isTrained)
    {
        using var network = Load(name, "pad_token_id", "7");
        using var scope = new TensorScope();
        network.Score(PackedBatch.FromSequences([Sequence], network.Packing)).Sum().Backward();
        var embedding = network.Parameters.Single(parameter =>
            parameter.Name
                is "transformer.wte.weight"
                    or "transformer.word_embeddings.weight"
                    or "gpt_neox.embed_in.weight"
                    or "model.decoder.embed_tokens.weight"
        );
        Assert.Equal(isTrained, embedding.Value.Grad!.Narrow(0, 7, 1).Square().Sum().ToScalar() > 0);
        Assert.True(embedding.Value.Grad!.Narrow(0, 8, 1).Square().Sum().ToScalar() > 0);
    }

    private static RewardNetwork Load(string name, string key, string value) =>
        new FamilyCase(Case(name)).Load("config.json", DType.Float64, key, JsonNode.Parse(value));

    private static string Case(string name) => SharedInputs.PathOf("goldens", "families", "cases", name);
}
