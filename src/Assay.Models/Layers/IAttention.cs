using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>A block's attention with its projections.</summary>
internal interface IAttention
{
    /// <summary>What rotates its queries and keys; null where positions are left out.</summary>
    RotaryEmbedding? Rotary { get; }

    /// <summary>
    /// [tokens, hidden] → [wanted rows, hidden], plus the wanted rows of the residual [tokens, hidden] where there is one.
    /// </summary>
    Tensor Forward(Tensor x, Tensor? residual, BlockInput input);
}
