using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Assay.Torch.Kernels.Products;

/// <summary>Blocks of 6 x 16 in 12 of the 16 registers of AVX2; see <see cref="MicroKernelSet"/>.</summary>
internal static unsafe class MicroKernel256
{
    public static MicroKernelSet Set => new(6, 2, 8, &Full, &FullHalf, &Few, &FewHalf);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Full(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        Prefetch(c, cStride, 6, 15);
        var c0a = Vector256<float>.Zero;
        var c0b = Vector256<float>.Zero;
        var c1a = Vector256<float>.Zero;
        var c1b = Vector256<float>.Zero;
        var c2a = Vector256<float>.Zero;
        var c2b = Vector256<float>.Zero;
        var c3a = Vector256<float>.Zero;
        var c3b = Vector256<float>.Zero;
        var c4a = Vector256<float>.Zero;
        var c4b = Vector256<float>.Zero;
        var c5a = Vector256<float>.Zero;
        var c5b = Vector256<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + 8);
            var x = Vector256.Create(a[0]);
            c0a = Vector256.FusedMultiplyAdd(x, b0, c0a);
            c0b = Vector256.FusedMultiplyAdd(x, b1, c0b);
            x = Vector256.Create(a[1]);
            c1a = Vector256.FusedMultiplyAdd(x, b0, c1a);
            c1b = Vector256.FusedMultiplyAdd(x, b1, c1b);
            x = Vector256.Create(a[2]);
            c2a = Vector256.FusedMultiplyAdd(x, b0, c2a);
            c2b = Vector256.FusedMultiplyAdd(x, b1, c2b);
            x = Vector256.Create(a[3]);
            c3a = Vector256.FusedMultiplyAdd(x, b0, c3a);
            c3b = Vector256.FusedMultiplyAdd(x, b1, c3b);
            x = Vector256.Create(a[4]);
            c4a = Vector256.FusedMultiplyAdd(x, b0, c4a);
            c4b = Vector256.FusedMultiplyAdd(x, b1, c4b);
            x = Vector256.Create(a[5]);
            c5a = Vector256.FusedMultiplyAdd(x, b0, c5a);
            c5b = Vector256.FusedMultiplyAdd(x, b1, c5b);
            a += aStride;
            b += bStride;
        }

        Store(c0a, c0b, c, accumulate);
        Store(c1a, c1b, c + cStride, accumulate);
        Store(c2a, c2b, c + (2 * cStride), accumulate);
        Store(c3a, c3b, c + (3 * cStride), accumulate);
        Store(c4a, c4b, c + (4 * cStride), accumulate);
        Store(c5a, c5b, c + (5 * cStride), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FullHalf(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        Prefetch(c, cStride, 6, 7);
        var c0 = Vector256<float>.Zero;
        var c1 = Vector256<float>.Zero;
        var c2 = Vector256<float>.Zero;
        var c3 = Vector256<float>.Zero;
        var c4 = Vector256<float>.Zero;
        var c5 = Vector256<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector256.Load(b);
            var x = Vector256.Create(a[0]);
            c0 = Vector256.FusedMultiplyAdd(x, b0, c0);
            x = Vector256.Create(a[1]);
            c1 = Vector256.FusedMultiplyAdd(x, b0, c1);
            x = Vector256.Create(a[2]);
            c2 = Vector256.FusedMultiplyAdd(x, b0, c2);
            x = Vector256.Create(a[3]);
            c3 = Vector256.FusedMultiplyAdd(x, b0, c3);
            x = Vector256.Create(a[4]);
            c4 = Vector256.FusedMultiplyAdd(x, b0, c4);
            x = Vector256.Create(a[5]);
            c5 = Vector256.FusedMultiplyAdd(x, b0, c5);
            a += aStride;
            b += bStride;
        }

        Store(c0, c, accumulate);
        Store(c1, c + cStride, accumulate);
        Store(c2, c + (2 * cStride), accumulate);
        Store(c3, c + (3 * cStride), accumulate);
        Store(c4, c + (4 * cStride), accumulate);
        Store(c5, c + (5 * cStride), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Few(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        var c0a = Vector256<float>.Zero;
        var c0b = Vector256<float>.Zero;
        var c1a = Vector256<float>.Zero;
        var c1b = Vector256<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + 8);
            var x = Vector256.Create(a[0]);
            c0a = Vector256.FusedMultiplyAdd(x, b0, c0a);
            c0b = Vector256.FusedMultiplyAdd(x, b1, c0b);
            x = Vector256.Create(a[1]);
            c1a = Vector256.FusedMultiplyAdd(x, b0, c1a);
            c1b = Vector256.FusedMultiplyAdd(x, b1, c1b);
            a += aStride;
            b += bStride;
        }

        Store(c0a, c0b, c, accumulate);
        Store(c1a, c1b, c + cStride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FewHalf(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        var c0 = Vector256<float>.Zero;
        var c1 = Vector256<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector256.Load(b);
            var x = Vector256.Create(a[0]);
            c0 = Vector256.FusedMultiplyAdd(x, b0, c0);
            x = Vector256.Create(a[1]);
            c1 = Vector256.FusedMultiplyAdd(x, b0, c1);
            a += aStride;
            b += bStride;
        }

        Store(c0, c, accumulate);
        Store(c1, c + cStride, accumulate);
    }

    /// <summary>The result's lines arrive while the sums are formed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* c, nint cStride, int rows, int lastColumn)
    {
        for (var row = 0; Sse.IsSupported && row < rows; row++, c += cStride)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + lastColumn);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> left, Vector256<float> right, float* c, bool accumulate)
    {
        Store(left, c, accumulate);
        Store(right, c + 8, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> value, float* c, bool accumulate) =>
        (accumulate ? Vector256.Load(c) + value : value).Store(c);
}
