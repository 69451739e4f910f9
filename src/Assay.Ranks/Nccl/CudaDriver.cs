using System.Runtime.InteropServices;

namespace Assay.Ranks.Nccl;

/// <summary>
/// What NCCL's streams need of the CUDA driver, as <c>cuda.h</c> of CUDA 12 declares it. The driver's and not the runtime's functions: its
/// library has one name on every machine, and streams and primary contexts are the same ones (CUDA Driver API, "Interactions between the
/// Runtime and Driver APIs"). A context, a stream and an event are pointers, a device is an int, memory of a device a 64-bit integer.
/// <code>
/// CUresult cuInit(unsigned int Flags);
/// CUresult cuDeviceGet(CUdevice* device, int ordinal);
/// CUresult cuDevicePrimaryCtxRetain(CUcontext* pctx, CUdevice dev);
/// CUresult cuCtxSetCurrent(CUcontext ctx);
/// CUresult cuStreamCreate(CUstream* phStream, unsigned int Flags);
/// CUresult cuStreamWaitEvent(CUstream hStream, CUevent hEvent, unsigned int Flags);
/// CUresult cuEventCreate(CUevent* phEvent, unsigned int Flags);
/// CUresult cuEventRecord(CUevent hEvent, CUstream hStream);
/// CUresult cuEventQuery(CUevent hEvent);
/// CUresult cuEventDestroy_v2(CUevent hEvent);
/// CUresult cuMemAlloc_v2(CUdeviceptr* dptr, size_t bytesize);
/// CUresult cuMemFree_v2(CUdeviceptr dptr);
/// CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr dstDevice, const void* srcHost, size_t ByteCount, CUstream hStream);
/// CUresult cuMemcpyDtoHAsync_v2(void* dstHost, CUdeviceptr srcDevice, size_t ByteCount, CUstream hStream);
/// CUresult cuGetErrorString(CUresult error, const char** pStr);
/// </code>
/// </summary>
internal sealed unsafe class CudaDriver
{
    private const int NotReady = 600;
    private const uint NonBlocking = 1, // CU_STREAM_NON_BLOCKING: does not wait for the default stream
        DisableTiming = 2; // CU_EVENT_DISABLE_TIMING

    private readonly delegate* unmanaged<uint, int> init;
    private readonly delegate* unmanaged<int*, int, int> deviceGet;
    private readonly delegate* unmanaged<nint*, int, int> primaryContextRetain;
    private readonly delegate* unmanaged<nint, int> contextSetCurrent,
        eventQuery,
        eventDestroy;
    private readonly delegate* unmanaged<nint*, uint, int> streamCreate,
        eventCreate;
    private readonly delegate* unmanaged<nint, nint, uint, int> streamWaitEvent;
    private readonly delegate* unmanaged<nint, nint, int> eventRecord;
    private readonly delegate* unmanaged<ulong*, nuint, int> memoryAllocate;
    private readonly delegate* unmanaged<ulong, int> memoryFree;
    private readonly delegate* unmanaged<ulong, nint, nuint, nint, int> copyToDevice;
    private readonly delegate* unmanaged<nint, ulong, nuint, nint, int> copyToHost;
    private readonly delegate* unmanaged<int, byte**, int> getErrorString;
    private nint context;

    /// <param name="export">The address of a function by its name, or 0.</param>
    /// <exception cref="RankFaultException">A function is missing.</exception>
    public CudaDriver(Func<string, nint> export)
    {
        init = (delegate* unmanaged<uint, int>)Needed("cuInit");
        deviceGet = (delegate* unmanaged<int*, int, int>)Needed("cuDeviceGet");
        primaryContextRetain = (delegate* unmanaged<nint*, int, int>)Needed("cuDevicePrimaryCtxRetain");
        contextSetCurrent = (delegate* unmanaged<nint, int>)Needed("cuCtxSetCurrent");
        streamCreate = (delegate* unmanaged<nint*, uint, int>)Needed("cuStreamCreate");
        streamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)Needed("cuStreamWaitEvent");
        eventCreate = (delegate* unmanaged<nint*, uint, int>)Needed("cuEventCreate");
        eventRecord = (delegate* unmanaged<nint, nint, int>)Needed("cuEventRecord");
        eventQuery = (delegate* unmanaged<nint, int>)Needed("cuEventQuery");
        eventDestroy = (delegate* unmanaged<nint, int>)Needed("cuEventDestroy_v2");
        memoryAllocate = (delegate* unmanaged<ulong*, nuint, int>)Needed("cuMemAlloc_v2");
        memoryFree = (delegate* unmanaged<ulong, int>)Needed("cuMemFree_v2");
        copyToDevice = (delegate* unmanaged<ulong, nint, nuint, nint, int>)Needed("cuMemcpyHtoDAsync_v2");
        copyToHost = (delegate* unmanaged<nint, ulong, nuint, nint, int>)Needed("cuMemcpyDtoHAsync_v2");
        getErrorString = (delegate* unmanaged<int, byte**, int>)Needed("cuGetErrorString");

        nint Needed(string function) =>
            export(function) is not 0 and var address
                ? address
                : throw new RankFaultException($"the CUDA driver has no {function}: CUDA 11 or later is needed");
    }

    /// <exception cref="RankFaultException">This machine has no driver.</exception>
    public static CudaDriver Load()
    {
        var name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        return NativeLibrary.TryLoad(name, out var driver)
            ? new CudaDriver(function => NativeLibrary.TryGetExport(driver, function, out var address) ? address : 0)
            : throw new RankFaultException($"there is no CUDA driver here ({name})");
    }

    /// <summary>Takes a device, for this thread too.</summary>
    public void Open(int index)
    {
        int device;
        nint made;
        Check(init(0), "cuInit");
        Check(deviceGet(&device, index), $"cuDeviceGet of device {index}");
        Check(primaryContextRetain(&made, device), "cuDevicePrimaryCtxRetain");
        context = made;
        Use();
    }

    /// <summary>Makes the device that of this thread: every thread that calls CUDA or NCCL has to.</summary>
    public void Use() => Check(contextSetCurrent(context), "cuCtxSetCurrent");

    public nint NewStream()
    {
        nint made;
        Check(streamCreate(&made, NonBlocking), "cuStreamCreate");
        return made;
    }

    public nint NewEvent()
    {
        nint made;
        Check(eventCreate(&made, DisableTiming), "cuEventCreate");
        return made;
    }

    /// <summary>What is on a stream so far is done when the event is.</summary>
    public void Record(nint happened, nint stream) => Check(eventRecord(happened, stream), "cuEventRecord");

    /// <summary>What comes on a stream from here on begins when the event has happened.</summary>
    public void Await(nint stream, nint happened) => Check(streamWaitEvent(stream, happened, 0), "cuStreamWaitEvent");

    public bool HasHappened(nint happened)
    {
        var code = eventQuery(happened);
        if (code == NotReady)
            return false;
        Check(code, "cuEventQuery");
        return true;
    }

    public void Drop(nint happened) => eventDestroy(happened);

    public nint Allocate(long bytes)
    {
        ulong address;
        Check(memoryAllocate(&address, (nuint)bytes), $"cuMemAlloc of {bytes} bytes");
        return (nint)address;
    }

    public void Free(nint address) => memoryFree((ulong)address);

    public void ToDevice(nint device, nint host, long bytes, nint stream) =>
        Check(copyToDevice((ulong)device, host, (nuint)bytes, stream), "cuMemcpyHtoDAsync");

    public void ToHost(nint host, nint device, long bytes, nint stream) =>
        Check(copyToHost(host, (ulong)device, (nuint)bytes, stream), "cuMemcpyDtoHAsync");

    private void Check(int code, string function)
    {
        if (code == 0)
            return;
        byte* text = null;
        getErrorString(code, &text);
        throw new RankFaultException($"{function} failed: {Marshal.PtrToStringUTF8((nint)text) ?? "no text"} (CUDA error {code})");
    }
}
