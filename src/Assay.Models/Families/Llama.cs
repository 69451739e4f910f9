// Llama: pre-norm decoder with rotary positions, RMSNorm, gated MLP and grouped query attention (arXiv 2302.13971, 2307.09288). Source:
// transformers 5.23, models/llama/modeling_llama.py and configuration_llama.py; score head as in its GenericForSequenceClassification (one
// unit, no bias, on the last token). Compared: the ten llama* cases of the families goldens, and HuggingFaceTB/SmolLM2-135M-Instruct; see
// docs/parity.md.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Llama with a one-unit score head on the last token.</summary>
internal static class Llama
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "pretraining_tp"];

    /// <summary>The values of transformers where the configuration says nothing.</summary>
    public static DecoderConfig Defaults { get; } =
        new()
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
    public static ModelFamily Entry { get; } = Decoder.Entry("llama", "Llama", Prepare, gguf: "llama");

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        if (config.HiddenSize % config.NumAttentionHeads != 0)
            throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({config.HiddenSize})");
        var (attentionBias, mlpBias) = (file.Flag("attention_bias", absent: false), file.Flag("mlp_bias", absent: false));
        CommonKeys.Close(file, Inert, warnings);
        var heads = config.Heads();
        return weights =>
            Decoder.Read(
                config,
                weights,
                (_, at) =>
                    new PreNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        new GroupedAttention(at.At("self_attn"), config.HiddenSize, heads, attentionBias, attentionBias),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Mlp(at.At("mlp"), mlpBias)
                    )
            );
    }
}
