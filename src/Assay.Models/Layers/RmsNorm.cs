using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>
/// Root mean square norm (arXiv 1910.07467) over the last dimension. What is added to the weight is 0, or 1 where it is stored as its
/// distance from 1 (the Gemmas).
/// </summary>
internal sealed class RmsNorm(Parameter weight, double epsilon, double weightOffset)
{
    public static RmsNorm Read(Weights weights, int width, double epsilon, double weightOffset = 0) =>
        new(weights.Read("weight", width), epsilon, weightOffset);

    public Tensor Forward(Tensor x) => x.RmsNorm(weight.Value, epsilon, weightOffset);

    /// <summary>Each head by itself, with one weight for all: [rows, heads * head_dim], the norm being head_dim wide.</summary>
    public Tensor ForwardByHead(Tensor x) => Forward(x.Reshape(-1, weight.Value.Shape[0])).Reshape(x.Shape);
}
