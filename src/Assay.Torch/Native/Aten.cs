using System.Runtime.InteropServices;

namespace Assay.Torch.Native;

/// <summary>
/// libtorch's operators that the plain forms of our layers are made of: every device has them. Off the tape; results are new tensors. Their
/// schemas are those of native_functions.yaml in 2.10; a test calls each once.
/// </summary>
internal static unsafe class Aten
{
    public static Tensor Multiply(Tensor a, Tensor b) => Call("aten::mul"u8, "Tensor"u8, a, b);

    public static Tensor Multiply(Tensor a, double number)
    {
        using var scalar = Number(number, a.DType);
        return Multiply(a, scalar);
    }

    public static Tensor Divide(Tensor a, Tensor b) => Call("aten::div"u8, "Tensor"u8, a, b);

    public static Tensor Add(Tensor a, Tensor b) => AddScaled(a, b, 1);

    public static Tensor Add(Tensor a, double number)
    {
        using var scalar = Number(number, a.DType);
        return Add(a, scalar);
    }

    public static Tensor Subtract(Tensor a, Tensor b) => AddScaled(a, b, -1);

    /// <summary>
    /// <c>a + b * scale</c>. Its alpha is a Scalar, which the dispatcher does not take: the one direct shim serves every device.
    /// </summary>
    public static Tensor AddScaled(Tensor a, Tensor b, double scale)
    {
        nint result;
        LibtorchLoader.Check(Libtorch.aoti_torch_aten_subtract_Tensor(a.Handle, b.Handle, -scale, &result), nameof(Add), [a, b]);
        return Tensor.Adopt(result, DeviceOf(a, b));
    }

    public static Tensor Maximum(Tensor a, Tensor b) => Call("aten::maximum"u8, ""u8, a, b);

    /// <summary>1 where a &gt; b, else 0, as booleans.</summary>
    public static Tensor Greater(Tensor a, Tensor b) => Call("aten::gt"u8, "Tensor"u8, a, b);

    public static Tensor Exp(Tensor x) => Call("aten::exp"u8, ""u8, x);

    public static Tensor Sqrt(Tensor x) => Call("aten::sqrt"u8, ""u8, x);

    public static Tensor Rsqrt(Tensor x) => Call("aten::rsqrt"u8, ""u8, x);

    public static Tensor Tanh(Tensor x) => Call("aten::tanh"u8, ""u8, x);

    public static Tensor Sigmoid(Tensor x) => Call("aten::sigmoid"u8, ""u8, x);

    public static Tensor Erf(Tensor x) => Call("aten::erf"u8, ""u8, x);

    public static Tensor InverseErf(Tensor x) => Call("aten::erfinv"u8, ""u8, x);

    public static Tensor LogSumExp(Tensor x, long dimension) => Call("aten::logsumexp"u8, ""u8, x, new[] { dimension }, true);

    /// <summary>Exponentials divided by their sum along the last dimension.</summary>
    public static Tensor Softmax(Tensor x) => Call("aten::_softmax"u8, ""u8, x, -1L, false);

    /// <summary>Sums along dimensions, which stay with size 1 or go.</summary>
    public static Tensor Sum(Tensor x, long[] dimensions, bool keep) =>
        Call("aten::sum"u8, "dim_IntList"u8, x, ((Argument)dimensions).AsOptional(), keep, Argument.None);

    /// <summary>Means along one dimension, which stays with size 1 or goes.</summary>
    public static Tensor Mean(Tensor x, long dimension, bool keep) =>
        Call("aten::mean"u8, "dim"u8, x, ((Argument)new[] { dimension }).AsOptional(), keep, Argument.None);

    public static Tensor Matmul(Tensor a, Tensor b) => Call("aten::matmul"u8, ""u8, a, b);

    /// <summary><c>left^T right</c>, given the left matrix turned.</summary>
    public static Tensor TurnedMatmul(TensorHandle turned, Tensor right) => Call("aten::mm"u8, ""u8, turned, right);

    /// <summary><c>x weight^T + bias</c>.</summary>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias) =>
        Call("aten::linear"u8, ""u8, x, weight, bias is null ? Argument.None : ((Argument)bias).AsOptional());

    /// <summary>Dimensions in another order, copied into rows.</summary>
    public static Tensor Permute(Tensor x, params long[] order) => Call("aten::permute"u8, ""u8, x, order);

    /// <summary>Entries of a dimension, copied.</summary>
    public static Tensor NarrowCopy(Tensor x, long dimension, long start, long length) =>
        Call("aten::narrow_copy"u8, ""u8, x, dimension, start, length);

    public static Tensor Cat(Tensor[] tensors, long dimension) => Call("aten::cat"u8, ""u8, tensors, dimension);

    /// <summary>Entries of a dimension at int64 indices.</summary>
    public static Tensor IndexSelect(Tensor x, long dimension, Tensor index) => Call("aten::index_select"u8, ""u8, x, dimension, index);

    /// <summary>Entries of a dimension at int64 indices [.., n, m], another one for each place of the other dimensions.</summary>
    public static Tensor Gather(Tensor x, long dimension, Tensor index) => Call("aten::gather"u8, ""u8, x, dimension, index, false);

    /// <summary>x with numbers added at the places from which <see cref="Gather"/> takes.</summary>
    public static Tensor ScatterAdd(Tensor x, long dimension, Tensor index, Tensor added) =>
        Call("aten::scatter_add"u8, ""u8, x, dimension, index, added);

    /// <summary>
    /// The rows of a table's gradient: [rows, width] added up by int64 index into [entries, width], the row <paramref name="paddingIndex"/>
    /// left 0.
    /// </summary>
    public static Tensor AddRows(Tensor rows, Tensor index, long entries, long paddingIndex) =>
        Call("aten::embedding_dense_backward"u8, ""u8, rows, index, entries, paddingIndex, false);

    /// <summary>The shape's size-1 dimensions repeated.</summary>
    public static Tensor Expand(Tensor x, long[] shape) => Call("aten::expand"u8, ""u8, x, shape, false);

    /// <summary>A copy in another dtype.</summary>
    public static Tensor Cast(Tensor x, DType dtype)
    {
        var result = Tensor.Make(dtype, x.Device, x.Shape);
        result.CopyFrom(x);
        return result;
    }

    // Without dimensions, in the operand's dtype, on the host: it joins tensors of any device and leaves their dtype alone.
    private static Tensor Number(double number, DType dtype) => Tensor.Scalar(number, dtype);

    private static Device DeviceOf(Tensor a, Tensor b) => a.IsOnHost ? b.Device : a.Device;

    private static Tensor Call(ReadOnlySpan<byte> name, ReadOnlySpan<byte> overload, params ReadOnlySpan<Argument> arguments)
    {
        var device = Device.Cpu;
        foreach (var argument in arguments)
            device = argument.Device ?? device;
        var stack = stackalloc ulong[Math.Max(arguments.Length, 1)];
        for (var i = 0; i < arguments.Length; i++)
            stack[i] = arguments[i].Encode();
        int status;
        // By reference: an empty literal pins as null, while libtorch wants its closing zero.
        fixed (
            byte* text = &MemoryMarshal.GetReference(name),
                variant = &MemoryMarshal.GetReference(overload)
        )
            status = Libtorch.torch_call_dispatcher(text, variant, stack, Libtorch.WrittenFor);
        // After a failure nobody can tell which arguments were taken: they are left to leak. It is a bug of ours, not an input's.
        if (status != 0)
            throw LibtorchLoader.Failure(System.Text.Encoding.UTF8.GetString(name), TensorsOf(arguments));
        return Tensor.Adopt((nint)stack[0], device);
    }

    private static Tensor?[] TensorsOf(ReadOnlySpan<Argument> arguments)
    {
        var tensors = new List<Tensor?>();
        foreach (var argument in arguments)
            tensors.AddRange(argument.Tensors);
        return [.. tensors];
    }
}
