// Qwen 3: a Llama whose queries and keys are normed head by head before they are rotated, with heads of a size of their own (arXiv
// 2505.09388). Source: transformers 5.23, models/qwen3. Compared: the case qwen3.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Qwen 3 with a one-unit score head on the last token.</summary>
internal static class Qwen3
{
    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 151936,
        HiddenSize = 4096,
        IntermediateSize = 22016,
        NumHiddenLayers = 32,
        NumAttentionHeads = 32,
        NumKeyValueHeads = 32,
        HeadDim = 128,
        MaxPositionEmbeddings = 32768,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } = Decoder.Entry("qwen3", "Qwen3", Prepare, gguf: "qwen3");

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        var bias = file.Flag("attention_bias", absent: false);
        var windows = LayerTypes.WindowsFrom(file, config.NumHiddenLayers);
        CommonKeys.Close(file, CommonKeys.Inert, warnings);
        var heads = config.Heads();
        return weights =>
            Decoder.Read(
                config,
                weights,
                (layer, at) =>
                    new PreNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        Attention(at.At("self_attn"), config, heads with { Window = windows[layer] }, bias),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Mlp(at.At("mlp"))
                    )
            );
    }

    /// <summary>Qwen 3's attention, which its mixture of experts has as well.</summary>
    internal static GroupedAttention Attention(Weights weights, DecoderConfig config, CausalHeads heads, bool hasBias) =>
        new(weights, config.HiddenSize, heads, hasBias, hasBias)
        {
            NormQuery = config.HeadNorm(weights.At("q_norm")).ForwardByHead,
            NormKey = config.HeadNorm(weights.At("k_norm")).ForwardByHead,
        };
}
