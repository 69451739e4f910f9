using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>Causal attention with grouped query heads (arXiv 2305.13245) and separate projections, as Llama names them.</summary>
internal sealed class GroupedAttention : IAttention
{
    private readonly CausalHeads _heads;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;

    /// <param name="weights">At the module that holds <c>q_proj</c>, <c>k_proj</c>, <c>v_proj</c> and <c>o_proj</c>.</param>
    /// <param name="hidden">Width of the hidden states.</param>
    /// <param name="heads">What happens between the projections.</param>
    /// <param name="hasBias">Whether queries, keys and values have a bias.</param>
    /// <param name="hasOutputBias">Whether the output has one.</param>
    public GroupedAttention(Weights weights, int hidden, CausalHeads heads, bool hasBias, bool hasOutputBias)
    {
        _heads = heads;
        _query = Linear.Read(weights.At("q_proj"), hidden, heads.QueryWidth, hasBias);
        _key = Linear.Read(weights.At("k_proj"), hidden, heads.KeyWidth, hasBias);
        _value = Linear.Read(weights.At("v_proj"), hidden, heads.KeyWidth, hasBias);
        _output = Linear.Read(weights.At("o_proj"), heads.QueryWidth, hidden, hasOutputBias);
    }

    public RotaryEmbedding? Rotary => _heads.Rotary;

    /// <summary>What is done to the queries before they are rotated.</summary>
    public Func<Tensor, Tensor> NormQuery { get; init; } = query => query;

    /// <summary>What is done to the keys before they are rotated.</summary>
    public Func<Tensor, Tensor> NormKey { get; init; } = key => key;

    public Tensor Forward(Tensor x, Tensor? residual, BlockInput input)
    {
        // [rows, heads * head_dim]
        var attended = _heads.Attend(NormQuery(_query.Forward(x)), NormKey(_key.Forward(x)), _value.Forward(x), input);
        return _output.Forward(attended, residual is null ? null : input.Wanted(residual));
    }
}
