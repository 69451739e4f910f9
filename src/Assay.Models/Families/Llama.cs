// Llama: pre-norm decoder with rotary positions, RMSNorm, gated MLP and grouped query attention (arXiv 2302.13971, 2307.09288).
// Source: transformers 5.23, models/llama/modeling_llama.py and configuration_llama.py; score head as in its GenericForSequenceClassification
// (one unit, no bias, on the last token). Also read from GGUF, in which the rows of q and k are regrouped.
// Compared: the ten llama* cases of the families goldens, and HuggingFaceTB/SmolLM2-135M-Instruct; see docs/parity.md.
using System.Globalization;
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Llama with a one-unit score head on the last token.</summary>
internal static class Llama
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "pretraining_tp"];

    /// <summary>The values of transformers where the configuration says nothing.</summary>
    public static DecoderConfig Defaults { get; } = new()
    {
        VocabSize = 32000,
        HiddenSize = 4096,
        IntermediateSize = 11008,
        NumHiddenLayers = 32,
        NumAttentionHeads = 32,
        NumKeyValueHeads = null,
        MaxPositionEmbeddings = 2048,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } = Decoder.Entry("llama", "Llama", Prepare);

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        if (config.HiddenSize % config.NumAttentionHeads != 0) throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({config.HiddenSize})");
        var (attentionBias, mlpBias) = (file.Flag("attention_bias", absent: false), file.Flag("mlp_bias", absent: false));
        CommonKeys.Close(file, Inert, warnings);
        if (checkpoint.Files[0] is GgufFile gguf) ProveAgainst(gguf, config, file);
        var heads = config.Heads();
        return weights => Decoder.Read(config, weights, (_, at) => new PreNormBlock(
            config.Norm(at.At("input_layernorm")),
            new GroupedAttention(at.At("self_attn"), config.HiddenSize, heads, attentionBias, attentionBias),
            config.Norm(at.At("post_attention_layernorm")),
            config.Mlp(at.At("mlp"), mlpBias)));
    }

    /// <summary>GGUF repeats what no tensor's shape shows; where it contradicts config.json, one of the two belongs to another model.</summary>
    private static void ProveAgainst(GgufFile gguf, DecoderConfig config, ConfigFile file)
    {
        Prove("llama.attention.head_count", "num_attention_heads", config.NumAttentionHeads);
        Prove("llama.attention.head_count_kv", "num_key_value_heads", config.KeyValueHeads);
        Prove("llama.attention.layer_norm_rms_epsilon", "rms_norm_eps", config.RmsNormEps);
        Prove("llama.rope.freq_base", "rope_theta", config.Rope.Theta);

        void Prove(string key, string configKey, double wanted)
        {
            if (gguf.Metadata.TryGetValue(key, out var text) && double.Parse(text, CultureInfo.InvariantCulture) is var found && Math.Abs(found - wanted) > 1e-6 * Math.Abs(wanted))
                throw new CheckpointException(string.Create(CultureInfo.InvariantCulture, $"{gguf.Path}: {key} is {found}, but {file.Path} says {configKey} {wanted}: they belong to different models"));
        }
    }
}
