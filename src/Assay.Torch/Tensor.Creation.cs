using System.Runtime.InteropServices;
using Assay.Torch.Drawing;
using Assay.Torch.Native;

namespace Assay.Torch;

public sealed partial class Tensor
{
    /// <summary>A copy of the values on the CPU; the shape's product must be their count. Without a shape: one dimension.</summary>
    public static Tensor From(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) => Copy(values, DType.Float32, shape);

    /// <inheritdoc cref="From(ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    public static Tensor From(ReadOnlySpan<double> values, params ReadOnlySpan<long> shape) => Copy(values, DType.Float64, shape);

    /// <inheritdoc cref="From(ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    public static Tensor From(ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) => Copy(values, DType.Int64, shape);

    /// <inheritdoc cref="From(ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    public static Tensor From(ReadOnlySpan<int> values, params ReadOnlySpan<long> shape) => Copy(values, DType.Int32, shape);

    /// <summary>A copy of little-endian elements, as a safetensors file holds them, on the CPU.</summary>
    /// <exception cref="ArgumentException">The bytes are not as many as the shape takes.</exception>
    public static unsafe Tensor FromBytes(ReadOnlySpan<byte> bytes, DType dtype, params ReadOnlySpan<long> shape)
    {
        if (bytes.Length != Product(shape) * dtype.ByteSize())
            throw new ArgumentException($"{bytes.Length} bytes for {dtype} [{string.Join(", ", shape.ToArray())}]", nameof(bytes));
        var result = Make(dtype, Device.Cpu, shape);
        bytes.CopyTo(new Span<byte>((void*)result.Address, bytes.Length));
        return result;
    }

    /// <summary>Elements of unknown content.</summary>
    public static Tensor Empty(DType dtype, params ReadOnlySpan<long> shape) => Make(dtype, Device.Cpu, shape);

    /// <inheritdoc cref="Empty(DType, ReadOnlySpan{long})"/>
    public static Tensor Empty(DType dtype, Device device, params ReadOnlySpan<long> shape) => Make(dtype, device, shape);

    public static Tensor Zeros(DType dtype, params ReadOnlySpan<long> shape) => Full(0, dtype, Device.Cpu, shape);

    public static Tensor Zeros(DType dtype, Device device, params ReadOnlySpan<long> shape) => Full(0, dtype, device, shape);

    public static Tensor Ones(DType dtype, params ReadOnlySpan<long> shape) => Full(1, dtype, Device.Cpu, shape);

    public static Tensor Full(double value, DType dtype, Device device, params ReadOnlySpan<long> shape)
    {
        var result = Make(dtype, device, shape);
        result.Fill(value);
        return result;
    }

    /// <summary>A scalar on the CPU.</summary>
    public static Tensor Scalar(double value, DType dtype) => Full(value, dtype, Device.Cpu);

    /// <summary>Normal draws on the CPU, equal bit for bit to torch's <c>empty(shape).normal_(mean, deviation, generator)</c>.</summary>
    /// <exception cref="ArgumentException">A dtype other than Float32 and Float64.</exception>
    public static Tensor Normal(Generator generator, double mean, double deviation, DType dtype, params ReadOnlySpan<long> shape)
    {
        var result = Make(RequireDrawable(dtype), Device.Cpu, shape);
        if (dtype == DType.Float32)
            RandomDraws.Normal(generator.Source, mean, deviation, result.Elements<float>());
        else
            RandomDraws.Normal(generator.Source, mean, deviation, result.Elements<double>());
        return result;
    }

    /// <summary>Draws from [low, high) on the CPU, as torch's <c>uniform_</c>.</summary>
    /// <exception cref="ArgumentException">A dtype other than Float32 and Float64.</exception>
    public static Tensor Uniform(Generator generator, double low, double high, DType dtype, params ReadOnlySpan<long> shape)
    {
        var result = Make(RequireDrawable(dtype), Device.Cpu, shape);
        if (dtype == DType.Float32)
            RandomDraws.Uniform(generator.Source, low, high, result.Elements<float>());
        else
            RandomDraws.Uniform(generator.Source, low, high, result.Elements<double>());
        return result;
    }

    /// <summary>
    /// Normal fp32 draws on the CPU around 0, none farther than <paramref name="cutoff"/> deviations, by the inverse of the error function
    /// as torch's <c>nn.init.trunc_normal_</c> has it.
    /// </summary>
    public static Tensor TruncatedNormal(Generator generator, double deviation, double cutoff, params ReadOnlySpan<long> shape)
    {
        using var scope = new TensorScope();
        // the share of draws that a normal has within the cutoff
        var edge = Aten.Erf(Scalar(cutoff / Math.Sqrt(2), DType.Float64)).ToScalar();
        var result = Aten.InverseErf(Uniform(generator, -edge, edge, DType.Float32, shape));
        var (factor, bound) = ((float)(deviation * Math.Sqrt(2)), (float)(deviation * cutoff));
        foreach (ref var value in result.Elements<float>())
            value = Math.Clamp(value * factor, -bound, bound);
        return scope.Keep(result);
    }

    /// <summary>The elements where they lie, on the host.</summary>
    internal unsafe Span<T> Elements<T>()
        where T : unmanaged => new((void*)Address, checked((int)ElementCount));

    private static DType RequireDrawable(DType dtype) =>
        dtype is DType.Float32 or DType.Float64
            ? dtype
            : throw new ArgumentException($"numbers are drawn as Float32 or Float64, not {dtype}", nameof(dtype));

    private static Tensor Copy<T>(ReadOnlySpan<T> values, DType dtype, ReadOnlySpan<long> shape)
        where T : unmanaged => FromBytes(MemoryMarshal.AsBytes(values), dtype, shape.Length == 0 ? [values.Length] : shape);
}
