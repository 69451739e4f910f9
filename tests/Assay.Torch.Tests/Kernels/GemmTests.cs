using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Products;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class GemmTests
{
    // Factors are at most 1, so a sum of k products has an error of some sqrt(k) roundings (6e-8) of numbers of its own size, sqrt(k) / 3;
    // what is added to it brings three more, of numbers up to 4.
    private static double Tolerance(int depth) => 2e-7 * (6 + depth / 3.0);

    // Around every block: one row, the rows of the small and large kernels, the border of the small products; tasks of several kinds.
    public static TheoryData<int> Rows => [1, 2, 4, 7, 12, 13, 16, 17, 31, 97, 200];

    private static readonly Form[] Forms = [new(false, false), new(true, false), new(false, true), new(true, true)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_form_and_size_gives_the_sums_of_products(int rows)
    {
        foreach (var columns in (int[])[1, 5, 7, 8, 16, 17, 31, 33, 48, 65, 300])
        {
            foreach (var depth in (int[])[1, 17, 100, 577])
            {
                var seed = (rows * 31 + columns) * 37 + depth;
                foreach (var form in Forms)
                {
                    var plain = form with { Accumulate = seed % 2 == 0, Bias = seed % 3 == 0, Residual = seed % 5 < 2, Padding = seed % 4 };
                    Check(rows, columns, depth, plain);
                    Check(rows, columns, depth, plain with { Accumulate = seed % 3 == 0, Bias = seed % 2 == 0 });
                }
            }
        }
    }

    [Fact]
    public void A_depth_of_several_blocks_and_a_product_cut_into_pieces_are_whole()
    {
        Check(40, 70, 1500, new(false, true) { Bias = true, Residual = true });
        Check(40, 70, 1500, new(true, false) { Accumulate = true, Bias = true });
        Check(17, 1300, 4200, new(false, true));
    }

    [Fact]
    public void An_empty_depth_leaves_bias_and_residual()
    {
        float one = 1;
        using KernelBuffer<float> result = new([5, 5]),
            bias = new([2, 3]);
        Gemm.Multiply(new MatrixView(&one, 1, 0, 1, 1), new MatrixView(&one, 0, 2, 2, 1), result.Data, 2, bias: bias.Data);
        Assert.Equal([2, 3], result.Read());
    }

    [Fact]
    public void The_residual_may_be_the_result()
    {
        using KernelBuffer<float> a = new([2]),
            b = new([3]),
            result = new([5]);
        Gemm.Multiply(new MatrixView(a.Data, 1, 1), new MatrixView(b.Data, 1, 1), result.Data, 1, residual: result.Data);
        Assert.Equal([11], result.Read());
    }

    [Fact]
    public void The_bits_are_the_same_for_any_number_of_threads()
    {
        var threads = WorkPool.ThreadCount;
        try
        {
            foreach (var rows in (int[])[3, 50, 400])
            {
                var one = Bytes(rows, 1, 1);
                foreach (var count in (int[])[2, 3, 7])
                    Assert.Equal(one, Bytes(rows, count, 1));
                Assert.NotEqual(one, Bytes(rows, 1, 2));
            }
        }
        finally
        {
            TorchRuntime.ThreadCount = threads;
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using var x = KernelBuffer<float>.Random(12, 1);
        Assert.Throws<ArgumentException>(() => Gemm.Multiply(new MatrixView(x.Data, 2, 3), new MatrixView(x.Data, 2, 3), x.Data, 3));
        Assert.Throws<ArgumentException>(() => new MatrixView(x.Data, 2, 2, 4, 2));
    }

    [Fact]
    public void A_wrong_product_is_seen()
    {
        // The control of all of the above: one element of the left operand differs.
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Check(13, 33, 100, new(false, true) { Spoilt = true }));
    }

    private static byte[] Bytes(int rows, int threads, int seed)
    {
        const int columns = 330,
            depth = 700;
        TorchRuntime.ThreadCount = threads;
        using KernelBuffer<float> a = KernelBuffer<float>.Random(rows * depth, seed),
            b = KernelBuffer<float>.Random(columns * depth, 3);
        using KernelBuffer<float> result = new(rows * columns);
        var right = new MatrixView(b.Data, columns, depth).Transposed;
        Gemm.Multiply(new MatrixView(a.Data, rows, depth), right, result.Data, columns);
        return result.Bytes();
    }

    private static void Check(int rows, int columns, int depth, Form form)
    {
        var leftStride = (form.LeftTransposed ? rows : depth) + form.Padding;
        var rightStride = (form.RightTransposed ? depth : columns) + form.Padding;
        using var a = KernelBuffer<float>.Random((form.LeftTransposed ? depth : rows) * leftStride, 1);
        using var b = KernelBuffer<float>.Random((form.RightTransposed ? columns : depth) * rightStride, 2);
        var stride = columns + form.Padding;
        using var result = KernelBuffer<float>.Random(rows * stride, 3);
        using var residual = KernelBuffer<float>.Random(rows * stride, 4);
        using var bias = KernelBuffer<float>.Random(columns, 5);
        var left = form.LeftTransposed ? new MatrixView(a.Data, rows, depth, 1, leftStride) : new(a.Data, rows, depth, leftStride, 1);
        var right = form.RightTransposed
            ? new MatrixView(b.Data, depth, columns, 1, rightStride)
            : new(b.Data, depth, columns, rightStride, 1);
        var expected = Expected();
        if (form.Spoilt)
            a.Data[5] += 0.1f;
        var (addedBias, addedResidual) = ((nint)(form.Bias ? bias.Data : null), (nint)(form.Residual ? residual.Data : null));
        Gemm.Multiply(left, right, result.Data, stride, form.Accumulate, (float*)addedBias, (float*)addedResidual);

        var actual = result.Read();
        for (var i = 0; i < actual.Length; i++)
        {
            var failure = $"{rows} x {depth} x {columns}, {form}, element {i}: {actual[i]}, not {expected[i]}";
            Assert.True(Math.Abs(actual[i] - expected[i]) <= Tolerance(depth), failure);
        }

        double[] Expected()
        {
            var sums = result.Read();
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var sum = (form.Accumulate ? sums[i * stride + j] : 0) + (form.Bias ? bias.Data[j] : 0);
                    sum += form.Residual ? residual.Data[i * stride + j] : 0;
                    for (var p = 0; p < depth; p++)
                        sum += (double)*left.At(i, p) * *right.At(p, j);
                    sums[i * stride + j] = sum;
                }
            }

            return sums;
        }
    }

    private sealed record Form(bool LeftTransposed, bool RightTransposed)
    {
        public bool Accumulate { get; init; }

        public bool Bias { get; init; }

        public bool Residual { get; init; }

        public bool Spoilt { get; init; }

        public int Padding { get; init; }
    }
}
