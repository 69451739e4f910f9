// InternLM2 and 2.5: Llama's computation under names of its own, with queries, keys and values in one matrix (arXiv 2403.17297).
// transformers has no class for it: a checkpoint brings its code. Source: that code (modeling_internlm2.py and configuration_internlm2.py
// of internlm/internlm2-chat-7b), vLLM's model_executor/models/internlm2.py, llama.cpp's conversion/internlm.py. It is read under Llama's
// names and saved as a Llama, which is the same model. Rows of wqkv: for each key-value head its query heads, the key, the value. Dynamic
// rotary positions: the formula is Llama's. The code keeps the frequencies of the longest text it has seen; here each text has those of its
// own length, as in a fresh model. Compared: the cases llama, llama-mha, llama-mqa, llama-tied, llama-rope-linear and llama-rope-dynamic,
// and qwen2 for the biases, written as InternLM2 writes them.
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>An InternLM2 with a one-unit score head on the last token.</summary>
internal static class InternLm2
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "pretraining_tp"];

    /// <summary>What a module is called here and in Llama.</summary>
    private static readonly (string Own, string Llama)[] Names =
    [
        ("model.tok_embeddings.", "model.embed_tokens."),
        (".attention_norm.", ".input_layernorm."),
        (".attention.wo.", ".self_attn.o_proj."),
        (".ffn_norm.", ".post_attention_layernorm."),
        (".feed_forward.w1.", ".mlp.gate_proj."),
        (".feed_forward.w3.", ".mlp.up_proj."),
        (".feed_forward.w2.", ".mlp.down_proj."),
    ];

    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 103168,
        HiddenSize = 4096,
        IntermediateSize = 11008,
        NumHiddenLayers = 32,
        NumAttentionHeads = 32,
        NumKeyValueHeads = null,
        MaxPositionEmbeddings = 2048,
        PadTokenId = 0,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        Decoder.Entry("internlm2", "InternLM2", Prepare, gguf: "internlm2") with
        {
            OtherHeads = ["output.", "lm_head."],
            Parts = Parts,
            SavedAs = new(Llama.Entry, AsLlama),
        };

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        if (config.HeadWidth * config.NumAttentionHeads != config.HiddenSize)
            throw file.Wrong(
                file.Has("head_dim") ? "head_dim" : "num_attention_heads",
                $"heads that make up hidden_size ({config.HiddenSize}) together"
            );
        if (config.Rope.Kind is not (RopeKind.Default or RopeKind.Linear or RopeKind.Dynamic))
            throw file.Wrong(file.Has("rope_scaling") ? "rope_scaling" : "rope_parameters", "type linear or dynamic");
        var bias = HasBias(file);
        CommonKeys.Close(file, Inert, warnings);
        var heads = config.Heads();
        return weights =>
            Decoder.Read(
                config,
                weights,
                (_, at) =>
                    new PreNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        new GroupedAttention(at.At("self_attn"), config.HiddenSize, heads, bias, bias),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Mlp(at.At("mlp"))
                    )
            );
    }

    // Of the attention's matrices; the first code said yes where nothing is said.
    private static bool HasBias(ConfigFile file) => file.Flag("bias", absent: true);

    private static IEnumerable<(string Name, StoredTensor Tensor)> Parts(ConfigFile file, string name, StoredTensor tensor)
    {
        foreach (var (own, llama) in Names)
            name = name.Replace(own, llama, StringComparison.Ordinal);
        const string Fused = ".attention.wqkv.";
        if (!name.Contains(Fused, StringComparison.Ordinal))
            return [(name, tensor)];
        var config = DecoderConfig.ReadWithoutRope(file, Defaults);
        var (key, query) = (config.HeadWidth, config.NumAttentionHeads / config.KeyValueHeads * config.HeadWidth);
        var rows = config.KeyValueHeads * (query + (2 * key));
        if (tensor.Shape.Count is not (1 or 2) || tensor.Shape[0] != rows)
        {
            throw new CheckpointException(
                $"{tensor.File}: {tensor.Name} is [{string.Join(", ", tensor.Shape)}], config.json asks for {rows} rows: "
                    + $"{config.NumAttentionHeads} query heads and {config.KeyValueHeads} key-value heads of {key}"
            );
        }
        return new[] { ("q", 0, query), ("k", query, key), ("v", query + key, key) }.Select(part =>
            (
                name.Replace(Fused, $".self_attn.{part.Item1}_proj.", StringComparison.Ordinal),
                tensor.RowsOfGroups(config.KeyValueHeads, part.Item2, part.Item3)
            )
        );
    }

    /// <summary>
    /// The keys under which Llama's configuration says the same, with what it would take for something else where nothing is said.
    /// </summary>
    private static void AsLlama(ConfigFile file, JsonObject config)
    {
        foreach (var key in (string[])["bias", "auto_map", "attn_implementation"])
            config.Remove(key);
        config["attention_bias"] = HasBias(file);
        config["vocab_size"] = file.Count("vocab_size", Defaults.VocabSize);
    }
}
