// OLMo 2: norms after attention and MLP instead of before them, and queries and keys normed over the whole projection before they are split
// into heads (arXiv 2501.00656). Source: transformers 5.23, models/olmo2. Compared: the case olmo2.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Torch;

namespace Assay.Models.Families;

/// <summary>An OLMo 2 with a one-unit score head on the last token.</summary>
internal static class Olmo2
{
    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 50304,
        HiddenSize = 4096,
        IntermediateSize = 11008,
        NumHiddenLayers = 32,
        NumAttentionHeads = 32,
        NumKeyValueHeads = null,
        MaxPositionEmbeddings = 2048,
        RmsNormEps = 1e-5,
        PadTokenId = 1,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } = Decoder.Entry("olmo2", "Olmo2", Prepare, gguf: "olmo2") with { TokenClassifier = null };

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        var bias = file.Flag("attention_bias", absent: false);
        CommonKeys.Close(file, CommonKeys.Inert, warnings);
        var heads = config.Heads();
        return weights =>
            Decoder.Read(
                config,
                weights,
                (_, at) =>
                    new Block(
                        Attention(at.At("self_attn")),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Mlp(at.At("mlp")),
                        config.Norm(at.At("post_feedforward_layernorm"))
                    )
            );

        GroupedAttention Attention(Weights at) =>
            new(at, config.HiddenSize, heads, bias, bias)
            {
                NormQuery = RmsNorm.Read(at.At("q_norm"), heads.QueryWidth, config.RmsNormEps).Forward,
                NormKey = RmsNorm.Read(at.At("k_norm"), heads.KeyWidth, config.RmsNormEps).Forward,
            };
    }

    private sealed class Block(GroupedAttention attention, RmsNorm afterAttention, GatedMlp mlp, RmsNorm afterMlp) : IDecoderBlock
    {
        public RotaryEmbedding? Rotary => attention.Rotary;

        public Tensor Forward(Tensor x, BlockInput input)
        {
            using var scope = new TensorScope();
            x = input.Wanted(x) + afterAttention.Forward(attention.Forward(x, null, input)); // [rows, hidden]
            return scope.Keep(x + afterMlp.Forward(mlp.Forward(x)));
        }
    }
}
