using System.Runtime.InteropServices;
using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Primitives;

namespace Assay.Torch;

public sealed partial class Tensor
{
    public long ByteCount => ElementCount * DType.ByteSize();

    /// <summary>Copies the elements in row-major order, whatever the device.</summary>
    /// <exception cref="ArgumentException">The room is not exactly <see cref="ByteCount"/>.</exception>
    public unsafe void CopyBytesTo(Span<byte> bytes)
    {
        if (bytes.Length != ByteCount)
            throw new ArgumentException($"room of {bytes.Length} bytes for {this}", nameof(bytes));
        if (!IsOnHost)
        {
            using var host = Moved(Device.Cpu);
            host.CopyBytesTo(bytes);
            return;
        }

        new ReadOnlySpan<byte>((void*)Address, bytes.Length).CopyTo(bytes);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Where the elements lie in the memory of their device, in row-major order, for somebody who overwrites them: <see cref="ByteCount"/>
    /// bytes, valid as long as this tensor.
    /// </summary>
    public nint AddressToOverwrite()
    {
        Storage.Version++;
        return DataAddress;
    }

    /// <summary>The elements as float32, converted if need be.</summary>
    public float[] ToFloats() => CopyAs<float>(DType.Float32);

    /// <summary>The elements as float64, converted if need be.</summary>
    public double[] ToDoubles() => CopyAs<double>(DType.Float64);

    /// <summary>The elements as int64, converted if need be.</summary>
    public long[] ToLongs() => CopyAs<long>(DType.Int64);

    /// <summary>The one element of a tensor that has one.</summary>
    /// <exception cref="InvalidOperationException">It has another number of elements.</exception>
    public double ToScalar() => ToDoubles() is [var value] ? value : throw new InvalidOperationException($"{this} is not one number");

    /// <summary>This tensor in another dtype; on the tape between floating types. The same memory when the dtype is the same.</summary>
    public Tensor To(DType dtype) => dtype == DType ? View(0, Shape).Following(this) : Cast.Apply(this, dtype);

    /// <summary>This tensor on another device, off the tape; the same memory when it is there already.</summary>
    public Tensor To(Device device) => device == Device ? View(0, Shape).Following(this) : Moved(device);

    /// <summary>A copy with memory of its own, off the tape.</summary>
    public Tensor Clone()
    {
        var copy = Make(DType, Device, Shape);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Overwrites this tensor's elements with those of one of the same shape, converting. Off the tape.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public unsafe void CopyFrom(Tensor source)
    {
        if (!source.Shape.AsSpan().SequenceEqual(Shape))
            throw new ArgumentException($"{source} cannot be copied into {this}", nameof(source));
        Storage.Version++;
        if (IsOnHost && source.IsOnHost && DType == source.DType)
            Buffer.MemoryCopy((void*)source.Address, (void*)Address, ByteCount, ByteCount);
        else if (IsOnHost && source.IsOnHost && DType == DType.BFloat16 && source.DType == DType.Float32)
            VectorKernels.ToBf16(source.Floats, Bfloats, ElementCount);
        else if (IsOnHost && source.IsOnHost && DType == DType.Float32 && source.DType == DType.BFloat16)
            VectorKernels.ToFloat(source.Bfloats, Floats, ElementCount);
        else
            LibtorchLoader.Check(Libtorch.aoti_torch_copy_(Handle, source.Handle, 0), nameof(CopyFrom), [this, source]);
        GC.KeepAlive(source);
        GC.KeepAlive(this);
    }

    /// <summary>Overwrites every element. Off the tape.</summary>
    public unsafe void Fill(double value)
    {
        Storage.Version++;
        if (value == 0 && IsOnHost)
            NativeMemory.Clear((void*)Address, (nuint)ByteCount);
        else
            LibtorchLoader.Check(Libtorch.aoti_torch_aten_fill__Scalar(Handle, value), nameof(Fill), [this]);
    }

    /// <summary>Adds <c>other * scale</c> to this tensor's elements in place. Off the tape.</summary>
    /// <exception cref="ArgumentException">Another shape or dtype.</exception>
    public unsafe void AddInPlace(Tensor other, double scale = 1)
    {
        if (other.DType != DType || !other.Shape.AsSpan().SequenceEqual(Shape))
            throw new ArgumentException($"{other} cannot be added to {this}", nameof(other));
        Storage.Version++;
        if (Form.IsFused(this, other) && DType == DType.Float32)
            VectorKernels.Axpy(Floats, other.Floats, (float)scale, ElementCount);
        else if (Form.IsFused(this, other) && scale == 1)
            VectorKernels.AddInto(other.Bfloats, Bfloats, ElementCount);
        else
        {
            using var sum = Aten.AddScaled(this, other, scale);
            LibtorchLoader.Check(Libtorch.aoti_torch_copy_(Handle, sum.Handle, 0), nameof(AddInPlace), [this, other]);
        }

        GC.KeepAlive(other);
        GC.KeepAlive(this);
    }

    /// <summary>Multiplies this tensor's elements in place. Off the tape.</summary>
    public unsafe void ScaleInPlace(double factor)
    {
        Storage.Version++;
        if (Form.IsFused(this) && DType == DType.Float32)
            VectorKernels.Scale(Floats, (float)factor, ElementCount);
        else
        {
            using var scaled = Aten.Multiply(this, factor);
            LibtorchLoader.Check(Libtorch.aoti_torch_copy_(Handle, scaled.Handle, 0), nameof(ScaleInPlace), [this]);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Whether no element is infinite or NaN.</summary>
    public bool IsAllFinite() => ToDoubles().All(double.IsFinite);

    private Tensor Moved(Device device)
    {
        var copy = Make(DType, device, Shape);
        LibtorchLoader.Check(Libtorch.aoti_torch_copy_(copy.Handle, Handle, 0), nameof(To), [this]);
        return copy;
    }

    private T[] CopyAs<T>(DType dtype)
        where T : unmanaged
    {
        var values = new T[ElementCount];
        if (DType == dtype)
        {
            CopyBytesTo(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        using var converted = Make(dtype, Device, Shape);
        converted.CopyFrom(this);
        converted.CopyBytesTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
