using Assay.Torch;

namespace Assay.Models.Checkpoints;

/// <summary>What the tensors of a new head begin with, in fp32, as transformers' <c>_init_weights</c> has them.</summary>
internal static class FreshValues
{
    public delegate Tensor Draw(Generator generator, long[] shape);

    public static Draw Zeros { get; } = (_, shape) => Tensor.Zeros(DType.Float32, shape);

    public static Draw Ones { get; } = (_, shape) => Tensor.Ones(DType.Float32, shape);

    public static Draw Normal(double deviation) => (generator, shape) => Tensor.Normal(generator, 0, deviation, DType.Float32, shape);

    /// <summary>Normal, cut off at this many deviations (torch: <c>nn.init.trunc_normal_</c>).</summary>
    public static Draw TruncatedNormal(double deviation, double cutoff) =>
        (generator, shape) => Tensor.TruncatedNormal(generator, deviation, cutoff, shape);
}
