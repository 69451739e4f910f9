// SmolLM 3: a Llama in which some layers (every fourth) leave the rotary positions out, arXiv 2501.18795. Source: transformers 5.23,
// models/smollm3. A window, where it is switched on, is for the layers without positions. Compared: the case smollm3.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A SmolLM 3 with a one-unit score head on the last token.</summary>
internal static class SmolLm3
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "pretraining_tp", "max_window_layers"];

    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 128256,
        HiddenSize = 2048,
        IntermediateSize = 11008,
        NumHiddenLayers = 36,
        NumAttentionHeads = 16,
        NumKeyValueHeads = 4,
        MaxPositionEmbeddings = 32768,
        PadTokenId = 128004,
        RopeTheta = 2000000,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } = Decoder.Entry("smollm3", "SmolLM3", Prepare, gguf: "smollm3");

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        var (attentionBias, mlpBias) = (file.Flag("attention_bias", absent: false), file.Flag("mlp_bias", absent: false));
        var interval = file.Count("no_rope_layer_interval", 4);
        var rotated =
            file.IntegerList("no_rope_layers")
            ?? [.. Enumerable.Range(0, config.NumHiddenLayers).Select(layer => (layer + 1) % interval == 0 ? 0 : 1)];
        if (rotated.Count < config.NumHiddenLayers)
            throw file.Wrong("no_rope_layers", $"a number for each of the {config.NumHiddenLayers} layers: 1 with positions, 0 without");
        var windows = LayerTypes.Windows(
            file,
            config.NumHiddenLayers,
            LayerTypes.WindowIfUsed(file, absent: 0),
            layer => rotated[layer] == 0
        );
        CommonKeys.Close(file, Inert, warnings);
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
                                Rotary = rotated[layer] == 0 ? null : heads.Rotary,
                            },
                            attentionBias,
                            attentionBias
                        ),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Mlp(at.At("mlp"), mlpBias)
                    )
            );
    }
}
