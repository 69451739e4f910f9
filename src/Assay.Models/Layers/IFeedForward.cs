using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>What a block does to each token by itself.</summary>
internal interface IFeedForward
{
    /// <summary>[rows, hidden] → [rows, hidden], plus the residual where there is one.</summary>
    Tensor Forward(Tensor x, Tensor? residual = null);
}
