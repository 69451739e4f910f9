using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Assay.Testing.StandIns;

/// <summary>
/// The CUDA driver's functions on a machine without one: a device's memory is the host's, a stream is a thread that does its works in their
/// order, and the default stream is whoever calls, so that tensors of the CPU are computed on it. As the driver it wants a context on every
/// thread, and an event that was never recorded has happened.
/// </summary>
public static unsafe class CudaStandIn
{
    private const int Success = 0,
        InvalidValue = 1,
        InvalidContext = 201,
        NotReady = 600;
    private const nint Context = 77;

    private static readonly ConcurrentDictionary<nint, BlockingCollection<Action>> Streams = new();
    private static readonly ConcurrentDictionary<nint, ManualResetEventSlim> Events = new();
    private static int _made;

    [ThreadStatic]
    private static bool _hasContext;

    /// <summary>Streams then do not wait for events: what somebody who forgets a wait would see.</summary>
    public static bool IgnoresWaits { get; set; }

    /// <summary>The address of a function by its name, or 0.</summary>
    public static nint Export(string name) =>
        name switch
        {
            "cuInit" => (nint)(delegate* unmanaged<uint, int>)&Init,
            "cuDeviceGet" => (nint)(delegate* unmanaged<int*, int, int>)&DeviceGet,
            "cuDevicePrimaryCtxRetain" => (nint)(delegate* unmanaged<void**, int, int>)&PrimaryContextRetain,
            "cuCtxSetCurrent" => (nint)(delegate* unmanaged<void*, int>)&ContextSetCurrent,
            "cuStreamCreate" => (nint)(delegate* unmanaged<void**, uint, int>)&StreamCreate,
            "cuStreamWaitEvent" => (nint)(delegate* unmanaged<void*, void*, uint, int>)&StreamWaitEvent,
            "cuEventCreate" => (nint)(delegate* unmanaged<void**, uint, int>)&EventCreate,
            "cuEventRecord" => (nint)(delegate* unmanaged<void*, void*, int>)&EventRecord,
            "cuEventQuery" => (nint)(delegate* unmanaged<void*, int>)&EventQuery,
            "cuEventDestroy_v2" => (nint)(delegate* unmanaged<void*, int>)&EventDestroy,
            "cuMemAlloc_v2" => (nint)(delegate* unmanaged<ulong*, nuint, int>)&MemAlloc,
            "cuMemFree_v2" => (nint)(delegate* unmanaged<ulong, int>)&MemFree,
            "cuMemcpyHtoDAsync_v2" => (nint)(delegate* unmanaged<ulong, void*, nuint, void*, int>)&CopyToDevice,
            "cuMemcpyDtoHAsync_v2" => (nint)(delegate* unmanaged<void*, ulong, nuint, void*, int>)&CopyToHost,
            "cuGetErrorString" => (nint)(delegate* unmanaged<int, byte**, int>)&GetErrorString,
            _ => 0,
        };

    /// <summary>Puts a work on a stream.</summary>
    internal static void Enqueue(nint stream, Action work) => Streams[stream].Add(work);

    internal static bool HasContext => _hasContext;

    [UnmanagedCallersOnly]
    private static int Init(uint flags) => flags == 0 ? Success : InvalidValue;

    [UnmanagedCallersOnly]
    private static int DeviceGet(int* device, int ordinal)
    {
        *device = ordinal;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int PrimaryContextRetain(void** context, int device)
    {
        *context = (void*)Context;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int ContextSetCurrent(void* context)
    {
        _hasContext = (nint)context == Context;
        return _hasContext ? Success : InvalidContext;
    }

    [UnmanagedCallersOnly]
    private static int StreamCreate(void** stream, uint flags)
    {
        if (!_hasContext || flags != 1)
            return InvalidContext;
        var works = new BlockingCollection<Action>();
        var id = (nint)Interlocked.Increment(ref _made);
        Streams[id] = works;
        new Thread(() =>
        {
            foreach (var work in works.GetConsumingEnumerable())
                work();
        })
        {
            IsBackground = true,
        }.Start();
        *stream = (void*)id;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int StreamWaitEvent(void* stream, void* happened, uint flags)
    {
        if (!_hasContext)
            return InvalidContext;
        if (flags != 0 || !Events.TryGetValue((nint)happened, out var what))
            return InvalidValue;
        if (IgnoresWaits)
            return Success;
        if (stream is null)
            what.Wait();
        else
            Enqueue((nint)stream, what.Wait);
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int EventCreate(void** happened, uint flags)
    {
        if (!_hasContext)
            return InvalidContext;
        var id = (nint)Interlocked.Increment(ref _made);
        Events[id] = new ManualResetEventSlim(true);
        *happened = (void*)id;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int EventRecord(void* happened, void* stream)
    {
        if (!_hasContext)
            return InvalidContext;
        if (!Events.TryGetValue((nint)happened, out var what))
            return InvalidValue;
        what.Reset();
        if (stream is null)
            what.Set();
        else
            Enqueue((nint)stream, what.Set);
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int EventQuery(void* happened) =>
        !_hasContext ? InvalidContext
        : !Events.TryGetValue((nint)happened, out var what) ? InvalidValue
        : what.IsSet ? Success
        : NotReady;

    [UnmanagedCallersOnly]
    private static int EventDestroy(void* happened) => Events.TryRemove((nint)happened, out _) ? Success : InvalidValue;

    [UnmanagedCallersOnly]
    private static int MemAlloc(ulong* address, nuint bytes)
    {
        *address = (ulong)NativeMemory.Alloc(bytes);
        return _hasContext ? Success : InvalidContext;
    }

    [UnmanagedCallersOnly]
    private static int MemFree(ulong address)
    {
        NativeMemory.Free((void*)address);
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int CopyToDevice(ulong device, void* host, nuint bytes, void* stream)
    {
        Enqueue((nint)stream, () => Unsafe.CopyBlock((void*)device, host, (uint)bytes));
        return _hasContext ? Success : InvalidContext;
    }

    [UnmanagedCallersOnly]
    private static int CopyToHost(void* host, ulong device, nuint bytes, void* stream)
    {
        Enqueue((nint)stream, () => Unsafe.CopyBlock(host, (void*)device, (uint)bytes));
        return _hasContext ? Success : InvalidContext;
    }

    [UnmanagedCallersOnly]
    private static int GetErrorString(int error, byte** text)
    {
        *text = (byte*)Marshal.StringToCoTaskMemUTF8(error == InvalidContext ? "invalid device context" : "invalid argument");
        return Success;
    }
}
