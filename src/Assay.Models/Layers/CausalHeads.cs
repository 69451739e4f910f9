using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>Causal attention between the projections: heads, rotation and what is done to scores.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">A divisor of <paramref name="Heads"/>.</param>
/// <param name="HeadDim">Width of a head.</param>
/// <param name="Scale">Factor of the scores.</param>
/// <param name="Rotary">Null: without positions.</param>
/// <param name="Window">0: none; else how many keys a query sees, its own among them.</param>
/// <param name="SoftCap">0: none; else scores become <c>SoftCap * tanh(score / SoftCap)</c>.</param>
internal sealed record CausalHeads(
    int Heads,
    int KeyValueHeads,
    int HeadDim,
    double Scale,
    RotaryEmbedding? Rotary,
    int Window = 0,
    double SoftCap = 0
)
{
    public int QueryWidth => Heads * HeadDim;

    public int KeyWidth => KeyValueHeads * HeadDim;

    /// <summary>
    /// Queries [tokens, heads * head_dim], keys and values [tokens, key-value heads * head_dim] → [wanted rows, heads * head_dim].
    /// </summary>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, BlockInput input)
    {
        if (input.Rotary is var (cosine, sine))
            (query, key) = (query.Rotary(cosine, sine, HeadDim), key.Rotary(cosine, sine, HeadDim));
        return input.Wanted(
            query.Attention(key, value, input.Segments, Heads, KeyValueHeads, Scale, AttentionDirection.Causal, Window, SoftCap)
        );
    }
}
