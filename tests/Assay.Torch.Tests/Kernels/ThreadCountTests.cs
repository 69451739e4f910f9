using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class ThreadCountTests
{
    private const int Rows = 333,
        Width = 77,
        Count = Rows * Width;

    [Fact]
    public void Sums_have_the_same_bits_for_any_number_of_threads()
    {
        var threads = TorchRuntime.ThreadCount;
        try
        {
            var one = Bytes(1, seed: 1);
            foreach (var count in (int[])[2, 3, 7])
                Assert.Equal(one, Bytes(count, seed: 1));
            Assert.NotEqual(one, Bytes(1, seed: 2));
        }
        finally
        {
            TorchRuntime.ThreadCount = threads;
        }
    }

    private static byte[] Bytes(int threads, int seed)
    {
        TorchRuntime.ThreadCount = threads;
        using KernelBuffer<float> x = KernelBuffer<float>.Random(Count, seed),
            dy = KernelBuffer<float>.Random(Count, 2);
        using var weight = KernelBuffer<float>.Random(Width, 3);
        using KernelBuffer<float> dx = new(Count),
            y = new(Count),
            sums = new(new double[6 * Width]),
            mean = new(Rows),
            rstd = new(Rows);
        NormKernels.LayerNorm(x.Data, weight.Data, null, 1e-5f, y.Data, mean.Data, rstd.Data, Rows, Width);
        var weights = sums.Data;
        NormKernels.LayerNormBackward(x.Data, weight.Data, mean.Data, rstd.Data, dy.Data, dx.Data, weights, weights + Width, Rows, Width);
        NormKernels.RmsNormBackward(x.Data, weight.Data, 0, rstd.Data, dy.Data, dx.Data, sums.Data + 2 * Width, Rows, Width);
        ActivationKernels.ApplyBackward(ActivationKind.Silu, x.Data, weight.Data, dy.Data, dx.Data, sums.Data + 3 * Width, Rows, Width);
        VectorKernels.SumRows(x.Data, sums.Data + 4 * Width, Rows, Width);
        var ids = new int[Rows];
        fixed (int* zeros = ids)
            TableKernels.ScatterAdd(x.Data, zeros, sums.Data + 5 * Width, Rows, Width, -1);
        return [.. sums.Bytes(), .. dx.Bytes(), .. y.Bytes(), .. BitConverter.GetBytes(VectorKernels.SumOfSquares(x.Data, Count))];
    }
}
