using System.Runtime.InteropServices;

namespace Assay.Torch.Native;

/// <summary>What only the CUDA driver tells: libtorch's C ABI does not count devices.</summary>
internal static unsafe class CudaDriver
{
    /// <summary>Devices of this machine; 0 without a driver.</summary>
    public static int DeviceCount()
    {
        var name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(name, out var driver))
            return 0;
        if (
            !NativeLibrary.TryGetExport(driver, "cuInit", out var start)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetCount", out var counter)
        )
            return 0;
        int count;
        if (((delegate* unmanaged<uint, int>)start)(0) != 0)
            return 0;
        return ((delegate* unmanaged<int*, int>)counter)(&count) == 0 ? count : 0;
    }
}
