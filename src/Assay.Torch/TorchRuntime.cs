using System.Diagnostics;
using System.Globalization;
using Assay.Torch.Memory;
using Assay.Torch.Native;
using Assay.Torch.Primitives;
using Assay.Torch.Products;
using Assay.Torch.Tape;

namespace Assay.Torch;

/// <summary>The loaded libtorch as a whole: its file, version, threads, devices and memory.</summary>
public static class TorchRuntime
{
    /// <summary>Loads libtorch now, rather than at the first tensor.</summary>
    /// <exception cref="NativeLibraryException">It was not found, or is too old; the message says what to do.</exception>
    public static void Load() => LibtorchLoader.EnsureLoaded();

    /// <summary>The file of libtorch's main library.</summary>
    public static string LibraryPath => Loaded(() => LibtorchLoader.Path);

    /// <summary>
    /// How it was found: <c>LIBTORCH</c>, <c>LIBTORCH_USE_PYTORCH</c>, beside the program, restored by the build, or NuGet's package
    /// folder.
    /// </summary>
    public static string LibrarySource => Loaded(() => LibtorchLoader.Source);

    /// <summary>Such as <c>2.10</c>.</summary>
    public static string LibtorchVersion => Loaded(() => LibtorchLoader.Version.ToString());

    /// <summary>Threads one operation may use. Set by <c>OMP_NUM_THREADS</c>, or here.</summary>
    /// <exception cref="NotSupportedException">It is set, and this libtorch does not export the function that sets it.</exception>
    public static unsafe int ThreadCount
    {
        get
        {
            Load();
            uint count;
            LibtorchLoader.Check(Libtorch.torch_get_num_threads(&count), nameof(ThreadCount), []);
            return (int)count;
        }
        set => LibtorchLoader.SetThreadCount(value);
    }

    /// <summary>CUDA devices that the driver has and this libtorch can use; 0 for a CPU build.</summary>
    public static int CudaDeviceCount => Loaded(() => LibtorchLoader.HasCuda ? CudaDriver.DeviceCount() : 0);

    /// <summary>
    /// The stream (<c>cudaStream_t</c>) that operations of this thread on a CUDA device are put on; 0 is CUDA's default one.
    /// </summary>
    public static nint ComputeStream(Device device) => Loaded(() => LibtorchLoader.ComputeStream(device.Index));

    /// <summary>
    /// Whether layers run in our kernels where they can (the default); off, as libtorch's operators, the way they run on other devices. For
    /// comparisons.
    /// </summary>
    public static bool FusedLayers
    {
        get => Form.UseKernels;
        set => Form.UseKernels = value;
    }

    /// <summary>Memories of tensors that are not given back, in the whole process.</summary>
    public static long LiveTensorCount => Storage.LiveCount;

    /// <summary>Bytes that tensors on the host hold now.</summary>
    public static long TensorBytes => BlockPool.UsedBytes;

    /// <summary>
    /// The most bytes that tensors on the host held at once, since the start or the last <see cref="ResetPeakTensorBytes"/>.
    /// </summary>
    public static long PeakTensorBytes => BlockPool.PeakBytes;

    /// <summary>Lets <see cref="PeakTensorBytes"/> begin again at what is held now.</summary>
    public static void ResetPeakTensorBytes() => BlockPool.ResetPeak();

    /// <summary>
    /// Bytes of memory that this process can still take: what the system has free, within a container's limit where there is one. An
    /// estimate: others take memory too.
    /// </summary>
    public static long AvailableMemoryBytes
    {
        get
        {
            GC.Collect(0);
            var seen = GC.GetGCMemoryInfo();
            return Math.Max(0, seen.TotalAvailableMemoryBytes - seen.MemoryLoadBytes);
        }
    }

    /// <summary>The most memory this process ever had resident, in bytes; 0 where the system does not say.</summary>
    public static long PeakMemoryBytes
    {
        get
        {
            const string Status = "/proc/self/status";
            if (!File.Exists(Status))
                return Process.GetCurrentProcess().PeakWorkingSet64;
            var line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null
                ? 0
                : 1024 * long.Parse(line.Split([':', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>
    /// Who computes fp32 products on the host: forward, input gradient, weight gradient, each <c>own</c>, <c>onednn</c> or <c>mkl</c>.
    /// Chosen at the first product by a measurement that is remembered for this machine. Set it, before any product, to repeat another
    /// run's bits.
    /// </summary>
    /// <exception cref="FormatException">It is set to other words.</exception>
    public static string Products
    {
        get => Loaded(() => ProductChoice.Text);
        set => ProductChoice.Chosen = ProductChoice.Parse(value);
    }

    /// <summary>What each library reaches at each product of a linear layer, measured now, and which is taken from here on.</summary>
    public static IReadOnlyList<(string Product, string Chosen, IReadOnlyList<(string Library, double Gflops)> Rates)> MeasureProducts()
    {
        Load();
        var chosen = ProductChoice.MeasureAgain();
        return
        [
            .. Enum.GetValues<ProductForm>()
                .Select(form =>
                    (
                        form switch
                        {
                            ProductForm.Forward => "forward product",
                            ProductForm.InputGradient => "input gradient",
                            _ => "weight gradient",
                        },
                        Name(chosen[(int)form]),
                        (IReadOnlyList<(string, double)>)
                            [
                                .. ProductChoice
                                    .Measured.Where(rate => rate.Key.Form == form)
                                    .Select(rate => (Name(rate.Key.Library), rate.Value)),
                            ]
                    )
                ),
        ];

        static string Name(ProductLibrary library) => library.ToString().ToLowerInvariant();
    }

    /// <summary>
    /// The best of several products of two size by size matrices, in GFLOPS (1e9 multiplications and additions a second).
    /// </summary>
    public static double MeasureGemm(int size = 2048, int repeats = 5, DType dtype = DType.Float32)
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        var generator = new Generator(0);
        var first = Tensor.Uniform(generator, -1, 1, DType.Float32, size, size).To(dtype);
        var second = Tensor.Uniform(generator, -1, 1, DType.Float32, size, size).To(dtype);
        var best = TimeSpan.MaxValue;
        for (var repeat = 0; repeat <= repeats; repeat++)
        {
            var start = Stopwatch.GetTimestamp();
            first.Linear(second).Dispose();
            var elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        return 2.0 * size * size * size / best.TotalSeconds / 1e9;
    }

    /// <summary>
    /// Runs work on this thread and says where its time went: seconds and calls of each layer operation and its backward. They add up to
    /// the whole; what belongs to none is <c>other</c>.
    /// </summary>
    public static IReadOnlyList<(string Name, double Seconds, long Calls)> CountTime(Action work)
    {
        Counters.Start();
        work();
        return Counters.Stop();
    }

    private static T Loaded<T>(Func<T> read)
    {
        Load();
        return read();
    }
}
