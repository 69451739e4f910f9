using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Assay.Torch.Kernels.Products;

namespace Assay.Torch.Tests.Kernels;

/// <summary>Products run with one set of kernels, the widest; here every set that this machine can run.</summary>
public sealed unsafe class MicroKernelTests
{
    // 50 products of factors up to 1.
    private const double Tolerance = 2e-6;

    [Fact]
    public void Every_set_gives_the_sums_of_products_in_all_its_blocks()
    {
        List<MicroKernelSet> sets = [MicroKernel128.Set];
        if (Vector256.IsHardwareAccelerated)
            sets.Add(MicroKernel256.Set);
        if (Avx512F.IsSupported)
            sets.Add(MicroKernel512.Set);
        foreach (var set in sets)
        {
            Check(set, set.Rows, set.Columns, false);
            Check(set, set.Rows * 2 + set.FewRows, set.Columns * 2 + set.Lanes, true);
            Check(set, set.FewRows, set.Lanes, true);
            Check(set, set.Rows - set.FewRows, set.Columns, false);
        }

        var narrow = MicroKernel128.Set;
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Check(narrow, narrow.Rows, narrow.Columns, true, spoilt: true));
    }

    private static void Check(MicroKernelSet set, int rows, int columns, bool accumulate, bool spoilt = false)
    {
        const int depth = 50;
        int aStride = rows + 3,
            bStride = columns + 5,
            cStride = columns + 2;
        using KernelBuffer<float> a = KernelBuffer<float>.Random(depth * aStride, 1),
            b = KernelBuffer<float>.Random(depth * bStride, 2);
        using var c = KernelBuffer<float>.Random(rows * cStride, 3);
        var expected = c.Read();
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var sum = accumulate ? expected[i * cStride + j] : 0;
                for (var p = 0; p < depth; p++)
                    sum += (double)a.Data[p * aStride + i] * b.Data[p * bStride + j];
                expected[i * cStride + j] = sum;
            }
        }

        if (spoilt)
            b.Data[1] += 0.1f;
        set.Multiply(a.Data, aStride, b.Data, bStride, depth, c.Data, cStride, rows, columns, accumulate);
        Close.Check<float>(expected, c.Read(), Tolerance, $"{set.Lanes} lanes, {rows} x {columns}");
    }
}
