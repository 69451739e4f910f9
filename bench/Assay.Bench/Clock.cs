using System.Diagnostics;

namespace Assay.Bench;

/// <summary>
/// Wall time, or, with ASSAY_BENCH_CLOCK=cpu, the processor time of this process: on a machine others are using, with one thread
/// (ASSAY_THREADS=1), that is the more honest of the two.
/// </summary>
internal static class Clock
{
    private static readonly bool IsCpu = Environment.GetEnvironmentVariable("ASSAY_BENCH_CLOCK") == "cpu";

    /// <summary>Seconds since some moment.</summary>
    public static double Now =>
        IsCpu ? Environment.CpuUsage.TotalTime.TotalSeconds : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    /// <summary>The best speed of several products of two size by size matrices, in GFLOPS.</summary>
    public static double Gemm(int size = 2048)
    {
        using var scope = new Torch.TensorScope();
        using var noGrad = new Torch.NoGrad();
        var generator = new Torch.Generator(0);
        var first = Torch.Tensor.Uniform(generator, -1, 1, Torch.DType.Float32, size, size);
        var second = Torch.Tensor.Uniform(generator, -1, 1, Torch.DType.Float32, size, size);
        return 2.0 * size * size * size / Best(() => first.Linear(second), 5) / 1e9;
    }

    /// <summary>Seconds of the fastest of several runs.</summary>
    public static double Best(Func<Torch.Tensor> product, int repeats = 12)
    {
        var best = double.MaxValue;
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            var start = Now;
            product().Dispose();
            best = Math.Min(best, Now - start);
        }

        return best;
    }
}
