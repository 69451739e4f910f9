using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class VectorKernelTests
{
    private static readonly int[] Counts = [.. Close.Widths, 16_384, 16_385, 40_003];

    [Fact]
    public void Sums_and_products_match_the_plain_loop()
    {
        foreach (var n in Counts)
        {
            Pairs<float>(n);
            Pairs<Bf16>(n);
        }
    }

    [Fact]
    public void Scaled_filled_and_added_vectors_match_the_plain_loop()
    {
        foreach (var n in Counts)
        {
            using KernelBuffer<float> x = KernelBuffer<float>.Random(n, n),
                y = KernelBuffer<float>.Random(n, 2);
            double[] a = x.Read(),
                b = y.Read();
            VectorKernels.Axpy(y.Data, x.Data, -0.3f, n);
            Close.Check<float>([.. a.Select((v, i) => b[i] - 0.3f * v)], y.Read());
            Assert.False(Close.Within<float>([.. a.Select((v, i) => b[i] + 0.3f * v)], y.Read()));
            VectorKernels.Scale(x.Data, 0.3f, n);
            Close.Check<float>([.. a.Select(v => 0.3f * v)], x.Read());
        }
    }

    [Fact]
    public void Sums_over_rows_match_the_plain_loop()
    {
        foreach (var width in Close.Widths)
        {
            Rows<float>(width, 7);
            Rows<Bf16>(width, 7);
        }

        Rows<float>(35, 197);
        Rows<float>(35, 1);
    }

    [Fact]
    public void The_sum_of_squares_is_in_double_precision()
    {
        foreach (var n in Counts.Append(300_001))
        {
            using var x = KernelBuffer<float>.Random(n, n);
            var expected = x.Read().Sum(v => v * v);
            const double Double = 1e-12;
            Assert.InRange(VectorKernels.SumOfSquares(x.Data, n) / expected, 1 - Double, 1 + Double);
            var single = x.Read().Aggregate(0f, (sum, v) => sum + (float)v * (float)v);
            if (n > 1000)
                Assert.NotInRange(single / expected, 1 - Double, 1 + Double);
        }

        using var large = new KernelBuffer<float>([1e30, -1e30, 1e-30]);
        Assert.InRange(VectorKernels.SumOfSquares(large.Data, 3), 1.99999e60, 2.00001e60);
    }

    private static void Pairs<T>(int n)
        where T : unmanaged
    {
        using KernelBuffer<T> a = KernelBuffer<T>.Random(n, n),
            b = KernelBuffer<T>.Random(n, 2),
            sum = new(n),
            product = new(n);
        double[] left = a.Read(),
            right = b.Read();
        VectorKernels.Add(a.Data, b.Data, sum.Data, n);
        VectorKernels.Multiply(a.Data, b.Data, product.Data, n);
        Close.Check<T>([.. left.Select((v, i) => v + right[i])], sum.Read());
        Close.Check<T>([.. left.Select((v, i) => v * right[i])], product.Read());
        Assert.False(Close.Within<T>([.. left.Select((v, i) => v + right[i])], product.Read()));
        VectorKernels.AddInto(a.Data, b.Data, n);
        Assert.Equal(sum.Bytes(), b.Bytes());
    }

    private static void Rows<T>(int width, int rows)
        where T : unmanaged
    {
        using var x = KernelBuffer<T>.Random(rows * width, width);
        using var sum = KernelBuffer<float>.Random(width, 3);
        double[] values = x.Read(),
            sums = sum.Read();
        VectorKernels.SumRows(x.Data, sum.Data, rows, width);
        var before = (double[])sums.Clone();
        for (var i = 0; i < values.Length; i++)
            sums[i % width] += values[i];
        Close.Check<float>(sums, sum.Read(), Close.SingleSum);
        Assert.False(Close.Within<float>([.. sums.Select((v, i) => v - before[i])], sum.Read(), Close.SingleSum), "it must add");
    }
}
