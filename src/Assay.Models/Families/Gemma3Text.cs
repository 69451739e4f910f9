// Gemma 3, its text model: Gemma 2 with queries and keys normed head by head instead of capped scores, five layers with a sliding window to
// one without, and two rotary embeddings: the layers with a window have their own base and are never scaled (arXiv 2503.19786). Source:
// transformers 5.23, models/gemma3. Compared: the case gemma3_text.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Gemma 3 text model with a one-unit score head on the last token.</summary>
internal static class Gemma3Text
{
    private static readonly HashSet<string> Inert =
    [
        .. CommonKeys.Inert,
        "final_logit_softcapping",
        "cache_implementation",
        "hidden_act",
        "_sliding_window_pattern",
    ];

    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 262208,
        HiddenSize = 2304,
        IntermediateSize = 9216,
        NumHiddenLayers = 26,
        NumAttentionHeads = 8,
        NumKeyValueHeads = 4,
        HeadDim = 256,
        MaxPositionEmbeddings = 131072,
        PadTokenId = 0,
        NormOffset = 1,
        RopeTheta = 1000000,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        Decoder.Entry("gemma3_text", "Gemma3Text", Prepare, gguf: "gemma3") with
        {
            TokenClassifier = null,
            LanguageModel = ("Gemma3ForCausalLM", "lm_head"),
        };

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = Gemma.Scaled(DecoderConfig.ReadWithoutRope(file, Defaults)) with
        {
            HiddenAct = Activation.ReadName(file, Gemma.Tanh, "hidden_activation"),
        };
        var bias = file.Flag("attention_bias", absent: false);
        var pattern = file.Count("sliding_window_pattern", 6);
        var windows = LayerTypes.Windows(
            file,
            config.NumHiddenLayers,
            LayerTypes.Window(file, absent: 4096),
            layer => (layer + 1) % pattern != 0
        );
        var (global, local) = ReadRopes(file, config, warnings);
        config = config with { Rope = global };
        var scale = 1 / Math.Sqrt(file.Positive("query_pre_attn_scalar", 256));
        if (file.Positive("attn_logit_softcapping") is not null)
            throw file.Wrong("attn_logit_softcapping", "null: Gemma 3 does not cap its scores");
        Gemma.RequireCausal(file);
        CommonKeys.Close(file, Inert, warnings);
        var (whole, sliding) = (config.Heads() with { Scale = scale }, (config with { Rope = local }).Heads() with { Scale = scale });
        return weights =>
            Decoder.Read(
                config,
                weights,
                (layer, at) =>
                    new SandwichNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        Attention(at.At("self_attn"), windows[layer] == 0 ? whole : sliding with { Window = windows[layer] }),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Norm(at.At("pre_feedforward_layernorm")),
                        config.Mlp(at.At("mlp")),
                        config.Norm(at.At("post_feedforward_layernorm"))
                    )
            );

        GroupedAttention Attention(Weights at, CausalHeads heads) =>
            new(at, config.HiddenSize, heads, bias, bias)
            {
                NormQuery = config.HeadNorm(at.At("q_norm")).ForwardByHead,
                NormKey = config.HeadNorm(at.At("k_norm")).ForwardByHead,
            };
    }

    // transformers 5 has a rope object for each type of layer; in 4, rope_theta and rope_scaling are the global layers' and
    // rope_local_base_freq the others'.
    private static (RopeParameters Global, RopeParameters Local) ReadRopes(
        ConfigFile file,
        DecoderConfig config,
        ICollection<string> warnings
    )
    {
        const double LocalTheta = 10000;
        var (positions, width) = (config.MaxPositionEmbeddings, config.HeadWidth);
        var both = file.Inner("rope_parameters");
        if (both?.Inner("full_attention") is not { } global || both.Inner("sliding_attention") is not { } local)
        {
            var plain = new RopeParameters
            {
                Theta = file.Positive("rope_local_base_freq", LocalTheta),
                MaxPositions = positions,
                OriginalMaxPositions = positions,
            };
            return (RopeParameters.Read(file, positions, width, config.RopeTheta, warnings), plain);
        }
        return (
            RopeParameters.Of(file, global, positions, width, config.RopeTheta, warnings),
            RopeParameters.Of(file, local, positions, width, LocalTheta, warnings)
        );
    }
}
