// Qwen 3 with a mixture of experts (arXiv 2505.09388): Qwen 3's attention; in every decoder_sparse_step-th layer but those of
// mlp_only_layers experts, else a gated MLP. Source: transformers 5.23, models/qwen3_moe. The chosen probabilities are renormalised only
// with norm_topk_prob, which is false where it is not given. Compared: the case qwen3_moe. Experts stand one by one in the file, or fused
// as transformers 5 holds them in memory.
using Assay.Models.Checkpoints;
using Assay.Models.Layers;

namespace Assay.Models.Families;

/// <summary>A Qwen 3 mixture of experts with a one-unit score head on the last token.</summary>
internal static class Qwen3Moe
{
    private static readonly HashSet<string> Inert = [.. CommonKeys.Inert, "output_router_logits", "router_aux_loss_coef"];

    // Published configurations hold max_window_layers beside use_sliding_window false.
    private static readonly HashSet<string> InertWithoutWindow = [.. Inert, "max_window_layers"];

    private static readonly DecoderConfig Defaults = new()
    {
        VocabSize = 151936,
        HiddenSize = 2048,
        IntermediateSize = 6144,
        NumHiddenLayers = 24,
        NumAttentionHeads = 32,
        NumKeyValueHeads = 4,
        MaxPositionEmbeddings = 32768,
    };

    /// <summary>Its entry in <see cref="ModelFamily.All"/>.</summary>
    public static ModelFamily Entry { get; } =
        Decoder.Entry("qwen3_moe", "Qwen3Moe", Prepare, gguf: "qwen3moe") with
        {
            Parts = (_, name, tensor) => FusedExperts.Parts(name, tensor, "gate_proj.weight", "up_proj.weight", "down_proj.weight"),
        };

    private static Func<Weights, RewardNetwork> Prepare(Checkpoint checkpoint, ICollection<string> warnings)
    {
        var file = checkpoint.Config;
        var config = DecoderConfig.Read(file, Defaults, warnings);
        var bias = file.Flag("attention_bias", absent: false);
        var inner = file.Count("moe_intermediate_size", 768);
        var experts = file.Integer("num_experts", least: 1) ?? file.Count("num_local_experts", 128);
        if (file.Integer("num_local_experts", least: 1) is { } local && local != experts)
            throw file.Wrong("num_local_experts", $"num_experts ({experts})");
        var chosen = file.Count("num_experts_per_tok", 8);
        if (chosen > experts)
            throw file.Wrong("num_experts_per_tok", $"at most num_experts ({experts})");
        var renormalised = file.Flag("norm_topk_prob", absent: false);
        var step = file.Count("decoder_sparse_step", 1);
        var dense = file.IntegerList("mlp_only_layers") ?? [];
        var window = LayerTypes.WindowIfUsed(file, absent: 4096);
        CommonKeys.Close(file, window == 0 ? InertWithoutWindow : Inert, warnings);
        var heads = config.Heads() with { Window = window };
        return weights =>
            Decoder.Read(
                config,
                weights,
                (layer, at) =>
                    new PreNormBlock(
                        config.Norm(at.At("input_layernorm")),
                        Qwen3.Attention(at.At("self_attn"), config, heads, bias),
                        config.Norm(at.At("post_attention_layernorm")),
                        (layer + 1) % step == 0 && !dense.Contains(layer) ? Mixture(at.At("mlp")) : config.Mlp(at.At("mlp"))
                    )
            );

        ExpertMixture Mixture(Weights at) =>
            new(
                Linear.Read(at.At("gate"), config.HiddenSize, experts, hasBias: false),
                [
                    .. Enumerable
                        .Range(0, experts)
                        .Select(expert => GatedMlp.Read(at.At($"experts.{expert}"), config.HiddenSize, inner, config.Activation)),
                ],
                chosen,
                renormalised
            );
    }
}
