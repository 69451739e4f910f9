namespace Assay.Torch.Primitives;

/// <summary>
/// Which form a layer runs in: our kernels, for fp32 and bf16 on the host, or libtorch's operators, which every device and fp64 have. The
/// plain form is the oracle of the fused one.
/// </summary>
internal static class Form
{
    /// <summary>Off for comparisons, and with <c>ASSAY_LAYERS=plain</c>; then everything runs plain.</summary>
    public static bool UseKernels { get; set; } = Environment.GetEnvironmentVariable("ASSAY_LAYERS") != "plain";

    /// <summary>Whether kernels can run on tensors that are all fp32 or all bf16, and on the host.</summary>
    public static bool IsFused(params ReadOnlySpan<Tensor?> tensors)
    {
        if (!UseKernels)
            return false;
        foreach (var tensor in tensors)
            if (tensor is not null && !(tensor.IsOnHost && tensor.DType is DType.Float32 or DType.BFloat16))
                return false;
        return true;
    }

    /// <summary>In bf16 the plain form computes in fp32 and rounds at the end, as the kernels do.</summary>
    public static Tensor Wide(Tensor x) => x.DType == DType.BFloat16 ? Native.Aten.Cast(x, DType.Float32) : x;

    public static Tensor Narrow(Tensor x, DType dtype) => x.DType == dtype ? x : Native.Aten.Cast(x, dtype);

    /// <summary>A vector of parameters in the type that the arithmetic over <paramref name="x"/> is done in: fp32 for bf16.</summary>
    public static Tensor Vector(Tensor parameter, Tensor x) => Narrow(parameter, x.DType == DType.BFloat16 ? DType.Float32 : x.DType);

    public static void Require(bool holds, string operation, string wanted, params ReadOnlySpan<Tensor?> operands)
    {
        if (holds)
            return;
        var shapes = new List<string>();
        foreach (var operand in operands)
            shapes.Add(operand?.ToString() ?? "none");
        throw new TorchException(operation, string.Join(", ", shapes), wanted);
    }
}
