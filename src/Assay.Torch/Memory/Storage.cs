using Assay.Torch.Native;

namespace Assay.Torch.Memory;

/// <summary>The memory of a tensor, shared by its views and freed with the last of them.</summary>
internal abstract class Storage
{
    private static long _liveCount;
    private int _references = 1;

    protected Storage() => Interlocked.Increment(ref _liveCount);

    /// <summary>Storages that are not freed, in the whole process.</summary>
    public static long LiveCount => Interlocked.Read(ref _liveCount);

    /// <summary>Whether nobody else looks at this memory, so that its holder may change it.</summary>
    public bool IsExclusive => Volatile.Read(ref _references) == 1;

    /// <summary>Goes up with every change in place, so that copies made from it know that they are old.</summary>
    public int Version { get; set; }

    /// <summary>
    /// The whole of this memory in bf16, and the version it was made from: what products in bf16 read of an fp32 parameter.
    /// </summary>
    public (Tensor Copy, int Version)? Narrowed { get; set; }

    public Storage Share()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        Interlocked.Decrement(ref _liveCount);
        Narrowed?.Copy.Dispose();
        Free();
    }

    protected abstract void Free();
}

/// <summary>Memory of our own on the host.</summary>
internal sealed class HostStorage(long bytes) : Storage
{
    public nint Address { get; } = BlockPool.Take(bytes);

    protected override void Free() => BlockPool.Return(Address, bytes);
}

/// <summary>A tensor that libtorch made, on any device, with row-major strides.</summary>
internal sealed class TorchStorage(TensorHandle tensor) : Storage
{
    public TensorHandle Tensor { get; } = tensor;

    protected override void Free() => Tensor.Dispose();
}
