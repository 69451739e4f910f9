using System.Runtime.InteropServices;

namespace Assay.Torch.Native;

/// <summary>
/// Loads libtorch once for the process, refuses one that is too old, and knows what differs between versions and systems.
/// </summary>
internal static unsafe class LibtorchLoader
{
    private const int OldestMinor = 10;
    private static readonly Lock Gate = new();
    private static nint _library;
    private static bool _resolverSet;
    private static NativeLibraryException? _failure;
    private static delegate* unmanaged<ulong**, int> _newOptional;
    private static delegate* unmanaged<byte*> _errorText;
    private static delegate* unmanaged<int, void> _setThreadCount;
    private static delegate* unmanaged<int, void**, int> _currentCudaStream;

    /// <summary>The main library's file.</summary>
    public static string Path { get; private set; } = "";

    /// <summary>Which of the ways of <see cref="LibtorchLocation"/> found it.</summary>
    public static string Source { get; private set; } = "";

    /// <summary>Such as <c>2.10</c>.</summary>
    public static Version Version { get; private set; } = new(0, 0);

    /// <summary>Whether the libtorch has its CUDA part.</summary>
    public static bool HasCuda { get; private set; }

    /// <summary>libtorch's numbers of our dtypes, by <see cref="DType"/>.</summary>
    public static int[] DTypeNumbers { get; private set; } = [];

    public static int CpuDeviceType { get; private set; }

    public static int CudaDeviceType { get; private set; }

    /// <summary>Whether the number of threads can be set: not in the C ABI, so only where the C++ symbol has its usual name.</summary>
    public static bool CanSetThreadCount => _setThreadCount is not null;

    public static void EnsureLoaded()
    {
        if (Volatile.Read(ref _library) != 0)
            return;
        lock (Gate)
        {
            if (_library != 0)
                return;
            if (_failure is not null)
                throw _failure;
            try
            {
                Load();
            }
            catch (NativeLibraryException error)
            {
                _failure = error;
                throw;
            }
        }
    }

    /// <summary>Threads one operation of libtorch's may use from now on.</summary>
    public static void SetThreadCount(int count)
    {
        EnsureLoaded();
        if (_setThreadCount is null)
            throw new NotSupportedException("this libtorch's number of threads is set by OMP_NUM_THREADS before the start");
        _setThreadCount(count);
    }

    /// <summary>libtorch's current stream of a CUDA device on this thread; the default one where it does not say.</summary>
    public static nint ComputeStream(int device)
    {
        void* stream = null;
        if (_currentCudaStream is not null)
            Check(_currentCudaStream(device, &stream), nameof(ComputeStream), []);
        return (nint)stream;
    }

    /// <summary>
    /// Room for the value of an optional argument, which libtorch frees: by its own maker from 2.13 on, before that by C++'s delete, which
    /// is free.
    /// </summary>
    public static ulong* NewOptional()
    {
        if (_newOptional is null)
            return (ulong*)NativeMemory.Alloc(sizeof(ulong));
        ulong* slot;
        Check(_newOptional(&slot), "an optional argument", []);
        return slot;
    }

    /// <summary>Throws what a refused call says; up to 2.12 libtorch keeps its reason to itself.</summary>
    public static void Check(int status, string operation, ReadOnlySpan<Tensor?> operands)
    {
        if (status != 0)
            throw Failure(operation, operands);
    }

    public static TorchException Failure(string operation, ReadOnlySpan<Tensor?> operands)
    {
        var reason = _errorText is null ? null : Marshal.PtrToStringUTF8((nint)_errorText());
        var shapes = new List<string>();
        foreach (var operand in operands)
            shapes.Add(operand?.ToString() ?? "none");
        return new TorchException(
            operation,
            string.Join(", ", shapes),
            reason ?? "libtorch refused it; up to 2.12 it gives its reason on standard error only"
        );
    }

    private static void Load()
    {
        var (folder, source) = LibtorchLocation.Find();
        var path = System.IO.Path.Combine(folder, LibtorchLocation.FileName);
        nint library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new NativeLibraryException($"{path} ({source}) cannot be loaded: {error.Message}", error);
        }

        if (!NativeLibrary.TryGetExport(library, "torch_call_dispatcher", out _))
        {
            var found = LibtorchLocation.WrittenVersion(folder) is { } written ? $"libtorch {written}" : "a libtorch";
            throw new NativeLibraryException(
                $"{path} ({source}) is {found}, older than 2.{OldestMinor}: it lacks torch_call_dispatcher. Install 2.{OldestMinor} or "
                    + $"later there (pip install --upgrade torch), or unset {source} to take the package {LibtorchLocation.PackageName}"
            );
        }

        if (!_resolverSet)
        {
            NativeLibrary.SetDllImportResolver(typeof(Libtorch).Assembly, (name, _, _) => name == Libtorch.Name ? _library : 0);
            _resolverSet = true;
        }

        HasCuda = LoadCuda(folder);
        _newOptional = (delegate* unmanaged<ulong**, int>)Export(library, "torch_new_stable_ivalue");
        _errorText = (delegate* unmanaged<byte*>)Export(library, "torch_exception_get_what_without_backtrace");
        _setThreadCount = (delegate* unmanaged<int, void>)Export(
            library,
            OperatingSystem.IsWindows() ? "?set_num_threads@at@@YAXH@Z" : "_ZN2at15set_num_threadsEi"
        );
        (Path, Source) = (path, source);
        Volatile.Write(ref _library, library);
        var version = Libtorch.aoti_torch_abi_version();
        Version = new Version((int)(version >> 56), (int)(version >> 48) & 0xff);
        Number();
        // Gradients are ours: libtorch must not record a graph of its own.
        Libtorch.aoti_torch_grad_mode_set_enabled(false);
    }

    private static nint Export(nint library, string name) => NativeLibrary.TryGetExport(library, name, out var address) ? address : 0;

    // The CUDA part registers its kernels when it is loaded.
    private static bool LoadCuda(string folder)
    {
        var path = System.IO.Path.Combine(folder, OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so");
        if (!File.Exists(path) || !NativeLibrary.TryLoad(path, out var library))
            return false;
        // aoti_torch/c/shim.h, under USE_CUDA: only this library has it.
        _currentCudaStream = (delegate* unmanaged<int, void**, int>)Export(library, "aoti_torch_get_current_cuda_stream");
        return true;
    }

    // The numbers are no part of the ABI: libtorch is asked.
    private static void Number()
    {
        var numbers = new int[(int)DType.BFloat16 + 1];
        numbers[(int)DType.UInt8] = Libtorch.aoti_torch_dtype_uint8();
        numbers[(int)DType.Int8] = Libtorch.aoti_torch_dtype_int8();
        numbers[(int)DType.Int16] = Libtorch.aoti_torch_dtype_int16();
        numbers[(int)DType.Int32] = Libtorch.aoti_torch_dtype_int32();
        numbers[(int)DType.Int64] = Libtorch.aoti_torch_dtype_int64();
        numbers[(int)DType.Float16] = Libtorch.aoti_torch_dtype_float16();
        numbers[(int)DType.Float32] = Libtorch.aoti_torch_dtype_float32();
        numbers[(int)DType.Float64] = Libtorch.aoti_torch_dtype_float64();
        numbers[(int)DType.Bool] = Libtorch.aoti_torch_dtype_bool();
        numbers[(int)DType.BFloat16] = Libtorch.aoti_torch_dtype_bfloat16();
        DTypeNumbers = numbers;
        CpuDeviceType = Libtorch.aoti_torch_device_type_cpu();
        CudaDeviceType = Libtorch.aoti_torch_device_type_cuda();
    }
}
