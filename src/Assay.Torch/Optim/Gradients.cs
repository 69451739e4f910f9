using Assay.Torch.Kernels.Rows;
using Assay.Torch.Primitives;
using Assay.Torch.Tape;

namespace Assay.Torch.Optim;

/// <summary>The gradients of a list of parameters as one vector. Parameters without a gradient count as zeros.</summary>
public static class Gradients
{
    /// <summary>The L2 norm over all of them, summed in double in a fixed order.</summary>
    public static double Norm(IReadOnlyList<Tensor> parameters) => Math.Sqrt(parameters.Sum(SumOfSquares));

    /// <summary>The sum of the squares of one's gradient, in double; 0 where there is none.</summary>
    public static unsafe double SumOfSquares(Tensor parameter)
    {
        if (parameter.Slot?.Value is not { } gradient)
            return 0;
        if (Form.IsFused(gradient) && gradient.DType == DType.Float32)
            return VectorKernels.SumOfSquares(gradient.Floats, gradient.ElementCount);
        return gradient.ToDoubles().Sum(value => value * value);
    }

    /// <summary>
    /// torch's clipping factor, <c>min(1, maxNorm / (norm + 1e-6))</c>: a norm equal to the limit is still scaled. NaN stays NaN.
    /// </summary>
    public static double ClipFactor(double norm, double maxNorm) => Math.Min(1, maxNorm / (norm + 1e-6));

    /// <summary>Scales all gradients in place by <see cref="ClipFactor"/>; returns the norm before.</summary>
    public static double Clip(IReadOnlyList<Tensor> parameters, double maxNorm)
    {
        var norm = Norm(parameters);
        var factor = ClipFactor(norm, maxNorm);
        if (factor != 1)
            Scale(parameters, factor);
        return norm;
    }

    public static void Scale(IReadOnlyList<Tensor> parameters, double factor)
    {
        foreach (var parameter in parameters)
            parameter.Slot?.Value?.ScaleInPlace(factor);
    }

    /// <summary>Drops all gradients; their memory stays for the next step.</summary>
    public static void Clear(IReadOnlyList<Tensor> parameters)
    {
        foreach (var parameter in parameters)
            parameter.Slot?.Clear();
    }

    /// <summary>
    /// Tells when gradients are complete while a backward goes on, so that whoever passes them on need not wait for its end. What is told
    /// is never wrong; what is not told (recomputed layers, parameters that a loss does not reach) is complete at the end.
    /// </summary>
    /// <param name="parameters">All ask for gradients.</param>
    /// <param name="complete">Called on this thread, inside the backward, with a parameter's number.</param>
    /// <returns>To be disposed after one forward and its backward, both on this thread.</returns>
    public static IDisposable Watch(IReadOnlyList<Tensor> parameters, Action<int> complete) => new GradientWatch(parameters, complete);

    /// <summary>
    /// Where a parameter's gradient lies in the memory of its device, to be read and written there; zeros are put where there is none.
    /// </summary>
    /// <exception cref="InvalidOperationException">The parameter asks for no gradient.</exception>
    public static nint AddressOf(Tensor parameter) => Demand(parameter).DataAddress;

    /// <summary>Copies a parameter's gradient into a part of a vector; zeros where there is none.</summary>
    /// <param name="parameter">Asks for gradients.</param>
    /// <param name="vector">Of one dimension, of the same type and device.</param>
    /// <param name="offset">In elements.</param>
    public static void CopyTo(Tensor parameter, Tensor vector, long offset)
    {
        using var part = vector.View(offset, parameter.Shape);
        part.CopyFrom(Demand(parameter));
    }

    /// <summary>The other way round of <see cref="CopyTo"/>: the part of a vector becomes a parameter's gradient.</summary>
    public static void CopyFrom(Tensor parameter, Tensor vector, long offset)
    {
        using var part = vector.View(offset, parameter.Shape);
        Demand(parameter).CopyFrom(part);
    }

    private static Tensor Demand(Tensor parameter)
    {
        var slot = parameter.Slot ?? throw new InvalidOperationException($"{parameter} asks for no gradient");
        if (slot.Value is { } there)
            return there;
        var zeros = slot.Target(parameter, out _);
        zeros.Fill(0);
        return zeros;
    }
}
