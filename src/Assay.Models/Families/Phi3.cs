// Phi-3, 3.5 and Phi-4 mini: a Llama with one projection for queries, keys and values and one for gate and up, rotary positions on a part
// of each head, a window, and LongRoPE in the long-context models (arXiv 2404.14219, 2402.13753). Source: transformers 5.23, models/phi3.
// Rope types "su" and "yarn" mean longrope there. Which factors LongRoPE takes is decided by each sequence's length, so a prefix is shared
// only up to the original context. Compared: the cases phi3 and phi3-longrope.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary>A Phi-3 with a one-unit score head on the last token.</summary>
internal static class Phi3
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "embd_pdrop", "resid_pdrop"];

    private static readonly string[] NoBiases = ["attention_bias", "mlp_bias", "lm_head_bias"];

    private static readonly Dictionary<string, RopeKind> OtherNames = new() { ["su"] = RopeKind.LongRope, ["yarn"] = RopeKind.LongRope };

    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 32064,
        HiddenSize = 3072,
        IntermediateSize = 8192,
        NumHiddenLayers = 32,
        NumAttentionHeads = 32,
        NumKeyValueHeads = null,
        MaxPositionEmbeddings = 4096,
        RmsNormEps = 1e-5,
        PadTokenId = 32000,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } = Decoder.Entry("phi3", "Phi3", Prepare, gguf: "phi3");

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.ReadWithoutRope(file, Defaults);
        var rope = RopeParameters.Read(
            file,
            config.MaxPositionEmbeddings,
            config.HeadWidth,
            config.RopeTheta,
            warnings,
            otherNames: OtherNames
        );
        if (rope.Kind is not (RopeKind.Default or RopeKind.LongRope))
            throw file.Wrong(file.Has("rope_scaling") ? "rope_scaling" : "rope_parameters", "rope_type default or longrope");
        if (rope.RotaryDimension(config.HeadWidth) is var rotated && (rotated % 2 != 0 || rotated == 0))
            throw file.Wrong("partial_rotary_factor", $"an even number of each head's {config.HeadWidth} to rotate");
        config = config with { Rope = rope };
        foreach (var key in NoBiases)
            if (file.Flag(key, absent: false))
                throw file.Wrong(key, "false: Phi-3 has no biases");
        var heads = config.Heads() with { Window = LayerTypes.Window(file, absent: 0) };
        CommonKeys.Close(file, Inert, warnings);
        return weights =>
            Decoder.Read(
                config,
                weights,
                (_, at) =>
                    new PreNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        new FusedAttention(at.At("self_attn"), config.HiddenSize, heads),
                        config.Norm(at.At("post_attention_layernorm")),
                        new FusedMlp(at.At("mlp"), config)
                    )
            );
    }

    // Rows of qkv_proj: all queries, then all keys, then all values.
    private sealed class FusedAttention(Weights weights, int hidden, CausalHeads heads) : IAttention
    {
        private readonly FusedColumns _columns = new(1, heads.QueryWidth, heads.KeyWidth, heads.KeyWidth);
        private readonly Linear _qkv = Linear.Read(weights.At("qkv_proj"), hidden, heads.QueryWidth + (2 * heads.KeyWidth), hasBias: false);
        private readonly Linear _output = Linear.Read(weights.At("o_proj"), heads.QueryWidth, hidden, hasBias: false);

        public RotaryEmbedding? Rotary => heads.Rotary;

        public Tensor Forward(Tensor x, Tensor? residual, BlockInput input)
        {
            var parts = _columns.Split(_qkv.Forward(x));
            return _output.Forward(heads.Attend(parts[0], parts[1], parts[2], input), residual is null ? null : input.Wanted(residual));
        }
    }

    // Rows of gate_up_proj: the gate, then up.
    private sealed class FusedMlp(Weights weights, DecoderConfig config) : IFeedForward
    {
        private readonly FusedColumns _columns = new(1, config.IntermediateSize, config.IntermediateSize);
        private readonly Linear _gateUp = Linear.Read(
            weights.At("gate_up_proj"),
            config.HiddenSize,
            2 * config.IntermediateSize,
            hasBias: false
        );
        private readonly Linear _down = Linear.Read(weights.At("down_proj"), config.IntermediateSize, config.HiddenSize, hasBias: false);

        public Tensor Forward(Tensor x, Tensor? residual = null)
        {
            var parts = _columns.Split(_gateUp.Forward(x));
            return _down.Forward(config.Activation.Gated(parts[0], parts[1]), residual);
        }
    }
}
