// Gemma: a Llama whose norms multiply by 1 + weight, whose embeddings are multiplied by sqrt(hidden_size) rounded to the weights' type, and
// whose gate is a GELU (arXiv 2403.08295). Source: transformers 5.23, models/gemma. hidden_act "gelu" is read as the tanh form, which the
// published configurations mean by it; hidden_activation counts before it. Compared: the case gemma.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Gemma with a one-unit score head on the last token.</summary>
internal static class Gemma
{
    /// <summary>The GELU of all Gemmas.</summary>
    internal const string Tanh = "gelu_pytorch_tanh";

    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 256000,
        HiddenSize = 3072,
        IntermediateSize = 24576,
        NumHiddenLayers = 28,
        NumAttentionHeads = 16,
        NumKeyValueHeads = 16,
        HeadDim = 256,
        MaxPositionEmbeddings = 8192,
        PadTokenId = 0,
        HiddenAct = Tanh,
        NormOffset = 1,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } = Decoder.Entry("gemma", "Gemma", Prepare, gguf: "gemma");

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        config = Scaled(config) with
        {
            HiddenAct = Activation.ReadName(file, config.HiddenAct == "gelu" ? Tanh : config.HiddenAct, "hidden_activation"),
        };
        var bias = file.Flag("attention_bias", absent: false);
        RequireCausal(file);
        CommonKeys.Close(file, CommonKeys.Inert, warnings);
        var heads = config.Heads();
        return weights =>
            Decoder.Read(
                config,
                weights,
                (_, at) =>
                    new PreNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        new GroupedAttention(at.At("self_attn"), config.HiddenSize, heads, bias, bias),
                        config.Norm(at.At("post_attention_layernorm")),
                        config.Mlp(at.At("mlp"))
                    )
            );
    }

    /// <summary>With the factor of the embeddings, as all Gemmas have it.</summary>
    internal static DecoderConfig Scaled(DecoderConfig config) => config with { EmbeddingScale = Math.Sqrt(config.HiddenSize) };

    /// <summary>Refuses the Gemmas that embed text.</summary>
    internal static void RequireCausal(ConfigFile file)
    {
        if (file.Flag("use_bidirectional_attention", absent: false))
            throw file.Wrong("use_bidirectional_attention", "false: the score is read at the last token of a causal model");
    }
}
