using Assay.Torch;

namespace Assay.Models.Adapters;

/// <summary>
/// The two narrow matrices of LoRA (arXiv 2106.09685) beside a frozen weight W: the layer computes <c>x W^T + scale * (x A^T) B^T</c>, as
/// if its weight were W + scale * B A.
/// </summary>
public sealed class LowRankPair
{
    internal LowRankPair(Parameter a, Parameter b, double scale, bool isTransposed)
    {
        A = a;
        B = b;
        Scale = scale;
        IsTransposed = isTransposed;
    }

    /// <summary><c>lora_A</c>: [r, in].</summary>
    public Parameter A { get; }

    /// <summary><c>lora_B</c>: [out, r].</summary>
    public Parameter B { get; }

    /// <summary>alpha / r, or alpha / sqrt(r).</summary>
    public double Scale { get; }

    /// <summary>Whether the weight beside it stands [in, out].</summary>
    public bool IsTransposed { get; }

    /// <summary>The layer's result [rows, out], given that of the frozen weight and what the layer read [rows, in].</summary>
    internal Tensor AddTo(Tensor result, Tensor x) => (x.Linear(A.Value) * Scale).Linear(B.Value, residual: result);
}
