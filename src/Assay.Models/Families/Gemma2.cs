// Gemma 2: Gemma with norms after attention and MLP as well, soft-capped attention scores, a scale of its own for queries, and a sliding
// window in every other layer (arXiv 2408.00118). Source: transformers 5.23, models/gemma2. final_logit_softcapping is the language head's:
// it never touches the score. Compared: the case gemma2.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Gemma 2 with a one-unit score head on the last token.</summary>
internal static class Gemma2
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "final_logit_softcapping", "cache_implementation", "hidden_act"];

    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 256000,
        HiddenSize = 2304,
        IntermediateSize = 9216,
        NumHiddenLayers = 26,
        NumAttentionHeads = 8,
        NumKeyValueHeads = 4,
        HeadDim = 256,
        MaxPositionEmbeddings = 8192,
        PadTokenId = 0,
        NormOffset = 1,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    // its logits are capped
    public static ModelFamily Entry { get; } = Decoder.Entry("gemma2", "Gemma2", Prepare, gguf: "gemma2") with { LanguageModel = null };

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = Gemma.Scaled(DecoderConfig.Read(file, Defaults, warnings)) with
        {
            HiddenAct = Activation.ReadName(file, Gemma.Tanh, "hidden_activation"),
        };
        var bias = file.Flag("attention_bias", absent: false);
        var windows = LayerTypes.Windows(file, config.NumHiddenLayers, LayerTypes.Window(file, absent: 4096), layer => layer % 2 == 0);
        var heads = config.Heads() with
        {
            Scale = 1 / Math.Sqrt(file.Positive("query_pre_attn_scalar", 256)),
            SoftCap = file.Positive("attn_logit_softcapping") ?? (file.Holds("attn_logit_softcapping") ? 0 : 50),
        };
        Gemma.RequireCausal(file);
        CommonKeys.Close(file, Inert, warnings);
        return weights =>
            Decoder.Read(
                config,
                weights,
                (layer, at) =>
                    new SandwichNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        new GroupedAttention(at.At("self_attn"), config.HiddenSize, heads with { Window = windows[layer] }, bias, bias),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Norm(at.At("pre_feedforward_layernorm")),
                        config.Mlp(at.At("mlp")),
                        config.Norm(at.At("post_feedforward_layernorm"))
                    )
            );
    }
}
