// Mistral: a Llama without biases in which each query sees a sliding window of keys (arXiv 2310.06825); newer checkpoints have none.
// Source: transformers 5.23, models/mistral. Compared: the cases mistral and mistral-no-window.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Mistral with a one-unit score head on the last token.</summary>
internal static class Mistral
{
    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 32000,
        HiddenSize = 4096,
        IntermediateSize = 14336,
        NumHiddenLayers = 32,
        NumAttentionHeads = 32,
        NumKeyValueHeads = 8,
        MaxPositionEmbeddings = 131072,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } = Decoder.Entry("mistral", "Mistral", Prepare, gguf: "llama");

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        var heads = config.Heads() with { Window = LayerTypes.Window(file, absent: 4096) };
        CommonKeys.Close(file, CommonKeys.Inert, warnings);
        return weights =>
            Decoder.Read(
                config,
                weights,
                (_, at) =>
                    new PreNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        new GroupedAttention(at.At("self_attn"), config.HiddenSize, heads, hasBias: false, hasOutputBias: false),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Mlp(at.At("mlp"))
                    )
            );
    }
}
