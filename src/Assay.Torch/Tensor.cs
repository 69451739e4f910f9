using System.Diagnostics;
using Assay.Torch.Kernels;
using Assay.Torch.Memory;
using Assay.Torch.Native;

namespace Assay.Torch;

/// <summary>
/// An array of numbers in row-major order, with its part in the tape from which gradients come. Disposing gives its memory back unless
/// something else still needs it. Inside a <see cref="TensorScope"/> tensors are disposed by the scope. Operations return new tensors and
/// never change their operands, but for those named after what they do to this one (<see cref="Fill"/>, <see cref="CopyFrom"/>, ...).
/// Float32 and Float64 work everywhere, BFloat16 in the layers of a network; the other kinds can be stored, copied and converted. A tensor
/// is not safe for use by several threads at once.
/// </summary>
[DebuggerDisplay("{DType} [{string.Join(\", \", Shape)}] {Device}")]
public sealed partial class Tensor : IDisposable
{
    private readonly Storage _storage;
    private readonly long _offset; // in elements
    private TensorHandle? _handle;
    private int _disposed;

    private Tensor(Storage storage, long offset, DType dtype, Device device, long[] shape)
    {
        _storage = storage;
        _offset = offset;
        DType = dtype;
        Device = device;
        Shape = shape;
        ElementCount = Product(shape);
        TensorScope.Register(this);
    }

    ~Tensor() => Free();

    /// <summary>The sizes of the dimensions; empty for a scalar.</summary>
    public long[] Shape { get; }

    /// <summary>How many elements there are.</summary>
    public long ElementCount { get; }

    public DType DType { get; }

    public Device Device { get; }

    internal Storage Storage => _disposed == 0 ? _storage : throw new ObjectDisposedException(nameof(Tensor));

    /// <summary>Whether C# code can read the elements where they lie.</summary>
    internal bool IsOnHost => Device.IsCpu;

    /// <summary>The elements, on the host. They stay there as long as the tensor lives: keep it alive over the use.</summary>
    internal nint Address => IsOnHost ? DataAddress : throw new InvalidOperationException($"{this} is on {Device}, not on the host");

    /// <summary>The same in the memory of whatever device: of CUDA's, nothing that C# code may read.</summary>
    internal unsafe nint DataAddress
    {
        get
        {
            var elementBytes = DType.ByteSize();
            if (Storage is HostStorage host)
                return host.Address + (nint)(_offset * elementBytes);
            void* data;
            LibtorchLoader.Check(Libtorch.aoti_torch_get_data_ptr(((TorchStorage)Storage).Tensor, &data), nameof(Address), [this]);
            return (nint)data + (nint)(_offset * elementBytes);
        }
    }

    /// <summary>The same as fp32 elements.</summary>
    internal unsafe float* Floats => (float*)Address;

    /// <summary>The same as bf16 elements.</summary>
    internal unsafe Bf16* Bfloats => (Bf16*)Address;

    /// <summary>This tensor as libtorch sees it.</summary>
    internal TensorHandle Handle => _handle ??= NewHandle(Shape, RowMajorStrides(Shape));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Such as <c>Float32 [3, 64]</c>.</summary>
    public override string ToString() => _disposed != 0 ? "disposed tensor" : $"{DType} [{string.Join(", ", Shape)}]";

    /// <summary>New elements on a device, of unknown content.</summary>
    internal static unsafe Tensor Make(DType dtype, Device device, params ReadOnlySpan<long> shape)
    {
        LibtorchLoader.EnsureLoaded();
        foreach (var size in shape)
            if (size < 0)
                throw new ArgumentException($"a shape has no negative sizes: [{string.Join(", ", shape.ToArray())}]", nameof(shape));
        var sizes = shape.ToArray();
        if (device.IsCpu)
            return new Tensor(new HostStorage(Product(sizes) * dtype.ByteSize()), 0, dtype, device, sizes);
        var strides = RowMajorStrides(sizes);
        nint made;
        fixed (
            long* size = sizes,
                stride = strides
        )
        {
            LibtorchLoader.Check(
                Libtorch.aoti_torch_empty_strided(sizes.Length, size, stride, Number(dtype), device.TorchType, device.Index, &made),
                $"a tensor {dtype} [{string.Join(", ", sizes)}] on {device}",
                []
            );
        }

        return new Tensor(new TorchStorage(new TensorHandle(made)), 0, dtype, device, sizes);
    }

    /// <summary>A result of libtorch's, made row-major where it is not.</summary>
    internal static unsafe Tensor Adopt(nint result, Device device)
    {
        var handle = new TensorHandle(result);
        long rank;
        long* sizes;
        int number;
        byte contiguous;
        LibtorchLoader.Check(Libtorch.aoti_torch_get_dim(handle, &rank), "a result's shape", []);
        LibtorchLoader.Check(Libtorch.aoti_torch_get_sizes(handle, &sizes), "a result's shape", []);
        LibtorchLoader.Check(Libtorch.aoti_torch_get_dtype(handle, &number), "a result's dtype", []);
        LibtorchLoader.Check(Libtorch.aoti_torch_is_contiguous(handle, &contiguous), "a result's strides", []);
        var shape = new ReadOnlySpan<long>(sizes, (int)rank).ToArray();
        var dtype = (DType)Array.IndexOf(LibtorchLoader.DTypeNumbers, number);
        if (contiguous != 0)
            return new Tensor(new TorchStorage(handle), 0, dtype, device, shape);
        using (handle)
        {
            var copy = Make(dtype, device, shape);
            LibtorchLoader.Check(Libtorch.aoti_torch_copy_(copy.Handle, handle, 0), "a result in rows", [copy]);
            return copy;
        }
    }

    /// <summary>The same memory under another shape of as many elements, outside the tape.</summary>
    internal Tensor View(long elementOffset, params long[] shape) => new(Storage.Share(), _offset + elementOffset, DType, Device, shape);

    /// <summary>The same tensor again, outside the tape and outside every scope: its holder disposes it.</summary>
    internal Tensor Hold() => TensorScope.Release(View(0, Shape));

    /// <summary>A matrix's elements with rows and columns exchanged, as libtorch sees them; nothing is copied.</summary>
    internal TensorHandle TransposedHandle() => NewHandle([Shape[1], Shape[0]], [1, Shape[1]]);

    /// <summary>This fp32 tensor in bf16, made again only after its elements changed.</summary>
    internal Tensor Narrowed()
    {
        if (Storage.Narrowed is not { } narrowed || narrowed.Version != Storage.Version || narrowed.Copy.ElementCount != ElementCount)
        {
            var copy =
                Storage.Narrowed?.Copy is { } old && old.ElementCount == ElementCount
                    ? old
                    : TensorScope.Release(Make(DType.BFloat16, Device, Shape));
            copy.CopyFrom(this);
            Storage.Narrowed = (copy, Storage.Version);
            return copy;
        }

        return narrowed.Copy;
    }

    internal static int Number(DType dtype) => LibtorchLoader.DTypeNumbers[(int)dtype];

    internal static long Product(ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
            count = checked(count * size);
        return count;
    }

    private static long[] RowMajorStrides(long[] shape)
    {
        var strides = new long[shape.Length];
        var step = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(shape[i], 1);
        }

        return strides;
    }

    private unsafe TensorHandle NewHandle(long[] shape, long[] strides)
    {
        nint made;
        fixed (
            long* size = shape,
                stride = strides
        )
        {
            var status = Storage switch
            {
                HostStorage => Libtorch.aoti_torch_create_tensor_from_blob(
                    (void*)Address,
                    shape.Length,
                    size,
                    stride,
                    0,
                    Number(DType),
                    LibtorchLoader.CpuDeviceType,
                    0,
                    &made
                ),
                var torch => Libtorch.aoti_torch__reinterpret_tensor(
                    ((TorchStorage)torch).Tensor,
                    shape.Length,
                    size,
                    stride,
                    _offset,
                    &made
                ),
            };
            LibtorchLoader.Check(status, "a view for libtorch", [this]);
        }

        return new TensorHandle(made);
    }

    private void Free()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _handle?.Dispose();
        _storage?.Release();
        if (_ownsSlot)
            Slot?.Dispose();
    }
}
