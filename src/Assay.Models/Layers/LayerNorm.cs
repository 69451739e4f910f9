using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>Layer norm (arXiv 1607.06450) over the last dimension, with weight and, unless it is null, bias.</summary>
internal sealed class LayerNorm(Parameter weight, Parameter? bias, double epsilon)
{
    public static LayerNorm Read(Weights weights, int width, double epsilon) =>
        new(weights.Read("weight", width), weights.Read("bias", width), epsilon);

    public Tensor Forward(Tensor x) => x.LayerNorm(weight.Value, bias?.Value, epsilon);
}
