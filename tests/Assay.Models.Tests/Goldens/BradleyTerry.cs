using Assay.Torch;

namespace Assay.Models.Tests.Goldens;

/// <summary>The loss by which gradients are compared: mean of -log sigmoid(chosen - rejected).</summary>
internal static class BradleyTerry
{
    /// <param name="scores">[2 pairs]: chosen, rejected, chosen, rejected, …</param>
    public static Tensor Loss(Tensor scores)
    {
        var pairs = scores.Reshape(-1, 2);
        return -(pairs.Narrow(1, 0, 1) - pairs.Narrow(1, 1, 1)).LogSigmoid().Mean();
    }

    public static double GradientNorm(Parameter parameter) =>
        parameter.Value.Grad is { } gradient ? Math.Sqrt(gradient.To(DType.Float64).Square().Sum().ToScalar()) : 0;
}
