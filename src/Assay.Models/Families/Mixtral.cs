// Mixtral: a Mistral whose MLPs are mixtures of experts, of which each token takes a few with their probabilities renormalised (arXiv
// 2401.04088). Source: transformers 5.23, models/mixtral. Compared: the case mixtral and the layouts names-mixtral-mlp and
// names-mixtral-fused: published files name the experts under block_sparse_moe, transformers 5 also under mlp and fused. The router's
// jitter is for training from scratch and is not done.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Mixtral with a one-unit score head on the last token.</summary>
internal static class Mixtral
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "output_router_logits", "router_aux_loss_coef"];

    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 32000,
        HiddenSize = 4096,
        IntermediateSize = 14336,
        NumHiddenLayers = 32,
        NumAttentionHeads = 32,
        NumKeyValueHeads = 8,
        MaxPositionEmbeddings = 131072,
        RmsNormEps = 1e-5,
        RopeTheta = 1000000,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        Decoder.Entry("mixtral", "Mixtral", Prepare, gguf: "llama") with
        {
            Parts = (_, name, tensor) =>
                FusedExperts.Parts(
                    name.Replace(".mlp.", ".block_sparse_moe.", StringComparison.Ordinal),
                    tensor,
                    "w1.weight",
                    "w3.weight",
                    "w2.weight"
                ),
        };

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        var heads = config.Heads() with { Window = LayerTypes.Window(file, absent: 0) };
        var experts = file.Count("num_local_experts", 8);
        var chosen = file.Count("num_experts_per_tok", 2);
        if (chosen > experts)
            throw file.Wrong("num_experts_per_tok", $"at most num_local_experts ({experts})");
        if (file.NotNegative("router_jitter_noise", 0) > 0)
            warnings.Add($"{file.Path}: router_jitter_noise is not done: it would only change training");
        CommonKeys.Close(file, Inert, warnings);
        return weights =>
            Decoder.Read(
                config,
                weights,
                (_, at) =>
                    new PreNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        new GroupedAttention(at.At("self_attn"), config.HiddenSize, heads, hasBias: false, hasOutputBias: false),
                        config.Norm(at.At("post_attention_layernorm")),
                        Mixture(at.At("block_sparse_moe"))
                    )
            );

        ExpertMixture Mixture(Weights at) =>
            new(
                Linear.Read(at.At("gate"), config.HiddenSize, experts, hasBias: false),
                [.. Enumerable.Range(0, experts).Select(expert => Expert(at.At($"experts.{expert}")))],
                chosen,
                isRenormalised: true
            );

        GatedMlp Expert(Weights at) =>
            new(
                Linear.Read(at.At("w1"), config.HiddenSize, config.IntermediateSize, hasBias: false),
                Linear.Read(at.At("w3"), config.HiddenSize, config.IntermediateSize, hasBias: false),
                Linear.Read(at.At("w2"), config.IntermediateSize, config.HiddenSize, hasBias: false),
                config.Activation
            );
    }
}
