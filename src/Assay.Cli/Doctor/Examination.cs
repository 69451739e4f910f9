using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Assay.Hub;
using Assay.Torch;
using Assay.Verifiers.Sandboxing;

namespace Assay.Cli.Doctor;

/// <summary>Looks at the machine: libtorch, which library computes which product and how fast, threads, devices, memory.</summary>
internal static class Examination
{
    /// <summary>Below this share of what the CPU's vector width and clock allow, something is wrong with the machine.</summary>
    private const double SlowShare = 0.25;

    public static IReadOnlyList<Fact> Run()
    {
        var facts = new List<Fact>
        {
            new("assay", typeof(Examination).Assembly.GetName().Version?.ToString(3) ?? "?"),
            new(".NET", RuntimeInformation.FrameworkDescription),
            new(
                "machine",
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores, {VectorWidth()}"
            ),
        };
        facts.Add(Hub());
        facts.Add(new Fact("sandbox", Sandbox.WhyNot() ?? "isolates the code of answers (verify --using unit-tests)"));
        try
        {
            TorchRuntime.Load();
        }
        catch (NativeLibraryException error)
        {
            facts.Add(new Fact("libtorch", error.Message, "dotnet restore, or LIBTORCH=/folder/of/libtorch"));
            facts.Add(Memory());
            return facts;
        }
        facts.Add(new Fact("libtorch", $"{TorchRuntime.LibtorchVersion}, {TorchRuntime.LibraryPath} ({TorchRuntime.LibrarySource})"));
        facts.Add(new Fact("devices", Devices()));
        facts.Add(Threads());
        var speeds = TorchRuntime.MeasureProducts();
        facts.AddRange(
            speeds.Select(speed => new Fact(speed.Product, string.Join(", ", speed.Rates.Select(rate => Rate(rate, speed.Chosen)))))
        );
        facts.Add(Gemm(TorchRuntime.MeasureGemm(), PossibleGflops()));
        facts.Add(
            new Fact(
                "product in bf16",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TorchRuntime.MeasureGemm(dtype: DType.BFloat16):0} GFLOPS (2048 × 2048 × 2048)"
                )
            )
        );
        facts.Add(Memory());
        return facts;
    }

    /// <summary>
    /// What the measured matrix product says, against what the CPU could do; <paramref name="possible"/> is null where that is not known.
    /// </summary>
    internal static Fact Gemm(double measured, double? possible)
    {
        var value = string.Create(
            CultureInfo.InvariantCulture,
            $"{measured:0} GFLOPS (fp32, 2048 × 2048 × 2048){(measured < SlowShare * possible ? $", far below the {possible:0} of this CPU's clock" : "")}"
        );
        return measured < SlowShare * possible
            ? new Fact(
                "matrix product",
                value,
                "close what else uses the cores; in a virtual machine, let it see the CPU's vector instructions"
            )
            : new Fact("matrix product", value);
    }

    private static string Rate((string Library, double Gflops) rate, string chosen) =>
        string.Create(CultureInfo.InvariantCulture, $"{rate.Library} {rate.Gflops:0} GFLOPS{(rate.Library == chosen ? " (taken)" : "")}");

    private static Fact Hub()
    {
        try
        {
            var hub = FromHub.Settings();
            return new Fact(
                "models by name",
                $"{hub.Endpoint}, {(hub.Token is null ? "without a token" : "with a token")}{(hub.IsOffline ? ", offline" : "")}; cache {hub.Cache}"
            );
        }
        catch (HubException error)
        {
            return new Fact("models by name", error.Message, $"HF_ENDPOINT={HubSettings.DefaultEndpoint}, or unset it");
        }
    }

    private static string Devices() =>
        TorchRuntime.CudaDeviceCount is > 0 and var count
            ? $"cpu, {string.Join(", ", Enumerable.Range(0, count).Select(index => $"cuda:{index}"))}"
            : "cpu";

    private static Fact Threads()
    {
        int threads = TorchRuntime.ThreadCount,
            cores = Environment.ProcessorCount;
        return threads < cores
            ? new Fact("threads", $"{threads} of {cores} cores", "unset OMP_NUM_THREADS to use every core")
            : new Fact("threads", $"{threads}");
    }

    private static Fact Memory()
    {
        var gibibytes = TorchRuntime.AvailableMemoryBytes / (double)(1L << 30);
        var value = string.Create(CultureInfo.InvariantCulture, $"{gibibytes:0.0} GiB");
        return gibibytes < 1
            ? new Fact("free memory", value, "close other programs: training a 20-million-parameter model takes about 1 GiB")
            : new Fact("free memory", value);
    }

    private static string VectorWidth() =>
        Avx512F.IsSupported ? "AVX-512"
        : Avx2.IsSupported ? "AVX2"
        : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "NEON"
        : "SSE";

    /// <summary>
    /// Threads × clock × fp32 operations a cycle (two fused multiply-adds of 256 bits, which every such CPU has); null where the clock is
    /// not written down.
    /// </summary>
    private static double? PossibleGflops()
    {
        var operations = Avx2.IsSupported ? 32 : 0;
        if (operations == 0 || !File.Exists("/proc/cpuinfo"))
            return null;
        var clock = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("cpu MHz", StringComparison.Ordinal));
        return clock is null
            ? null
            : TorchRuntime.ThreadCount * operations * double.Parse(clock[(clock.IndexOf(':') + 1)..], CultureInfo.InvariantCulture) / 1000;
    }
}

/// <summary>One thing that was looked at on this machine.</summary>
/// <param name="Name">What: <c>libtorch</c>, <c>BLAS</c>, …</param>
/// <param name="Value">What was found.</param>
/// <param name="Mend">What to do about it, a line that can be typed where there is one; null when it is fine.</param>
internal sealed record Fact(string Name, string Value, string? Mend = null);
