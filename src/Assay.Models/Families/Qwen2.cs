// Qwen 2 and 2.5: a Llama with biases on queries, keys and values only, and a sliding window in the later layers where it is switched on
// (arXiv 2407.10671). Source: transformers 5.23, models/qwen2. Published configurations hold a sliding_window beside use_sliding_window
// false: then there is none. Compared: the cases qwen2 and qwen2-window.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Qwen 2 with a one-unit score head on the last token.</summary>
internal static class Qwen2
{
    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 151936,
        HiddenSize = 4096,
        IntermediateSize = 22016,
        NumHiddenLayers = 32,
        NumAttentionHeads = 32,
        NumKeyValueHeads = 32,
        MaxPositionEmbeddings = 32768,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } = Decoder.Entry("qwen2", "Qwen2", Prepare, gguf: "qwen2");

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        var windows = LayerTypes.WindowsFrom(file, config.NumHiddenLayers);
        if (file.Flag("use_mrope", absent: false))
            throw file.Wrong("use_mrope", "false: rotary positions of several axes are for images");
        CommonKeys.Close(file, CommonKeys.Inert, warnings);
        var heads = config.Heads();
        return weights =>
            Decoder.Read(
                config,
                weights,
                (layer, at) =>
                    new PreNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        new GroupedAttention(
                            at.At("self_attn"),
                            config.HiddenSize,
                            heads with
                            {
                                Window = windows[layer],
                            },
                            hasBias: true,
                            hasOutputBias: false
                        ),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Mlp(at.At("mlp"))
                    )
            );
    }
}
