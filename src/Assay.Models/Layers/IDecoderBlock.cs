using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>One layer of a decoder.</summary>
internal interface IDecoderBlock
{
    /// <summary>What rotates its queries and keys; null where positions are left out.</summary>
    RotaryEmbedding? Rotary { get; }

    /// <summary>[tokens, hidden] → [wanted rows, hidden].</summary>
    Tensor Forward(Tensor x, BlockInput input);
}
