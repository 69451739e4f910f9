using Assay.Torch.Kernels;
using Assay.Torch.Primitives;

namespace Assay.Torch;

/// <summary>The gradients of a list of parameters as one vector. Parameters without a gradient count as zeros.</summary>
public static class Gradients
{
    /// <summary>The L2 norm over all of them, summed in double in a fixed order.</summary>
    public static unsafe double Norm(IReadOnlyList<Tensor> parameters)
    {
        var sum = 0.0;
        foreach (var parameter in parameters)
        {
            if (parameter.Slot?.Value is not { } gradient) continue;
            if (Form.IsFused(gradient) && gradient.DType == DType.Float32) sum += VectorKernels.SumOfSquares(gradient.Floats, gradient.ElementCount);
            else foreach (var value in gradient.ToDoubles()) sum += value * value;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>torch's clipping factor, <c>min(1, maxNorm / (norm + 1e-6))</c>: a norm equal to the limit is still scaled. NaN stays NaN.</summary>
    public static double ClipFactor(double norm, double maxNorm) => Math.Min(1, maxNorm / (norm + 1e-6));

    /// <summary>Scales all gradients in place by <see cref="ClipFactor"/>; returns the norm before.</summary>
    public static double Clip(IReadOnlyList<Tensor> parameters, double maxNorm)
    {
        var norm = Norm(parameters);
        var factor = ClipFactor(norm, maxNorm);
        if (factor != 1) Scale(parameters, factor);
        return norm;
    }

    public static void Scale(IReadOnlyList<Tensor> parameters, double factor)
    {
        foreach (var parameter in parameters) parameter.Slot?.Value?.ScaleInPlace(factor);
    }

    /// <summary>Drops all gradients; their memory stays for the next step.</summary>
    public static void Clear(IReadOnlyList<Tensor> parameters)
    {
        foreach (var parameter in parameters) parameter.Slot?.Clear();
    }
}
