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

/// <summary>What a decoder's block is given beside the hidden states.</summary>
/// <param name="Rotary">The batch's angles; null in a layer without positions.</param>
/// <param name="Segments">Who attends to whom.</param>
/// <param name="Rows">The rows wanted, or null for all: after the last layer's attention only the scored rows matter.</param>
internal sealed record BlockInput(RotaryTables? Rotary, Segment[] Segments, int[]? Rows)
{
    /// <summary>The wanted rows of [tokens, …].</summary>
    public Tensor Wanted(Tensor x) => Rows is null ? x : x.SelectRows(Rows);
}
