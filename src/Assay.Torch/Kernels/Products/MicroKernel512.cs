using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Assay.Torch.Kernels.Products;

/// <summary>Blocks of 12 x 32 in 24 of the 32 registers of AVX-512; see <see cref="MicroKernelSet"/>.</summary>
internal static unsafe class MicroKernel512
{
    public static MicroKernelSet Set => new(12, 4, 16, &Full, &FullHalf, &Few, &FewHalf);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Full(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        Prefetch(c, cStride, 12, 31);
        var c0a = Vector512<float>.Zero;
        var c0b = Vector512<float>.Zero;
        var c1a = Vector512<float>.Zero;
        var c1b = Vector512<float>.Zero;
        var c2a = Vector512<float>.Zero;
        var c2b = Vector512<float>.Zero;
        var c3a = Vector512<float>.Zero;
        var c3b = Vector512<float>.Zero;
        var c4a = Vector512<float>.Zero;
        var c4b = Vector512<float>.Zero;
        var c5a = Vector512<float>.Zero;
        var c5b = Vector512<float>.Zero;
        var c6a = Vector512<float>.Zero;
        var c6b = Vector512<float>.Zero;
        var c7a = Vector512<float>.Zero;
        var c7b = Vector512<float>.Zero;
        var c8a = Vector512<float>.Zero;
        var c8b = Vector512<float>.Zero;
        var c9a = Vector512<float>.Zero;
        var c9b = Vector512<float>.Zero;
        var c10a = Vector512<float>.Zero;
        var c10b = Vector512<float>.Zero;
        var c11a = Vector512<float>.Zero;
        var c11b = Vector512<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + 16);
            var x = Vector512.Create(a[0]);
            c0a = Vector512.FusedMultiplyAdd(x, b0, c0a);
            c0b = Vector512.FusedMultiplyAdd(x, b1, c0b);
            x = Vector512.Create(a[1]);
            c1a = Vector512.FusedMultiplyAdd(x, b0, c1a);
            c1b = Vector512.FusedMultiplyAdd(x, b1, c1b);
            x = Vector512.Create(a[2]);
            c2a = Vector512.FusedMultiplyAdd(x, b0, c2a);
            c2b = Vector512.FusedMultiplyAdd(x, b1, c2b);
            x = Vector512.Create(a[3]);
            c3a = Vector512.FusedMultiplyAdd(x, b0, c3a);
            c3b = Vector512.FusedMultiplyAdd(x, b1, c3b);
            x = Vector512.Create(a[4]);
            c4a = Vector512.FusedMultiplyAdd(x, b0, c4a);
            c4b = Vector512.FusedMultiplyAdd(x, b1, c4b);
            x = Vector512.Create(a[5]);
            c5a = Vector512.FusedMultiplyAdd(x, b0, c5a);
            c5b = Vector512.FusedMultiplyAdd(x, b1, c5b);
            x = Vector512.Create(a[6]);
            c6a = Vector512.FusedMultiplyAdd(x, b0, c6a);
            c6b = Vector512.FusedMultiplyAdd(x, b1, c6b);
            x = Vector512.Create(a[7]);
            c7a = Vector512.FusedMultiplyAdd(x, b0, c7a);
            c7b = Vector512.FusedMultiplyAdd(x, b1, c7b);
            x = Vector512.Create(a[8]);
            c8a = Vector512.FusedMultiplyAdd(x, b0, c8a);
            c8b = Vector512.FusedMultiplyAdd(x, b1, c8b);
            x = Vector512.Create(a[9]);
            c9a = Vector512.FusedMultiplyAdd(x, b0, c9a);
            c9b = Vector512.FusedMultiplyAdd(x, b1, c9b);
            x = Vector512.Create(a[10]);
            c10a = Vector512.FusedMultiplyAdd(x, b0, c10a);
            c10b = Vector512.FusedMultiplyAdd(x, b1, c10b);
            x = Vector512.Create(a[11]);
            c11a = Vector512.FusedMultiplyAdd(x, b0, c11a);
            c11b = Vector512.FusedMultiplyAdd(x, b1, c11b);
            a += aStride;
            b += bStride;
        }

        Store(c0a, c0b, c, accumulate);
        Store(c1a, c1b, c + cStride, accumulate);
        Store(c2a, c2b, c + (2 * cStride), accumulate);
        Store(c3a, c3b, c + (3 * cStride), accumulate);
        Store(c4a, c4b, c + (4 * cStride), accumulate);
        Store(c5a, c5b, c + (5 * cStride), accumulate);
        Store(c6a, c6b, c + (6 * cStride), accumulate);
        Store(c7a, c7b, c + (7 * cStride), accumulate);
        Store(c8a, c8b, c + (8 * cStride), accumulate);
        Store(c9a, c9b, c + (9 * cStride), accumulate);
        Store(c10a, c10b, c + (10 * cStride), accumulate);
        Store(c11a, c11b, c + (11 * cStride), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FullHalf(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        Prefetch(c, cStride, 12, 15);
        var c0 = Vector512<float>.Zero;
        var c1 = Vector512<float>.Zero;
        var c2 = Vector512<float>.Zero;
        var c3 = Vector512<float>.Zero;
        var c4 = Vector512<float>.Zero;
        var c5 = Vector512<float>.Zero;
        var c6 = Vector512<float>.Zero;
        var c7 = Vector512<float>.Zero;
        var c8 = Vector512<float>.Zero;
        var c9 = Vector512<float>.Zero;
        var c10 = Vector512<float>.Zero;
        var c11 = Vector512<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector512.Load(b);
            var x = Vector512.Create(a[0]);
            c0 = Vector512.FusedMultiplyAdd(x, b0, c0);
            x = Vector512.Create(a[1]);
            c1 = Vector512.FusedMultiplyAdd(x, b0, c1);
            x = Vector512.Create(a[2]);
            c2 = Vector512.FusedMultiplyAdd(x, b0, c2);
            x = Vector512.Create(a[3]);
            c3 = Vector512.FusedMultiplyAdd(x, b0, c3);
            x = Vector512.Create(a[4]);
            c4 = Vector512.FusedMultiplyAdd(x, b0, c4);
            x = Vector512.Create(a[5]);
            c5 = Vector512.FusedMultiplyAdd(x, b0, c5);
            x = Vector512.Create(a[6]);
            c6 = Vector512.FusedMultiplyAdd(x, b0, c6);
            x = Vector512.Create(a[7]);
            c7 = Vector512.FusedMultiplyAdd(x, b0, c7);
            x = Vector512.Create(a[8]);
            c8 = Vector512.FusedMultiplyAdd(x, b0, c8);
            x = Vector512.Create(a[9]);
            c9 = Vector512.FusedMultiplyAdd(x, b0, c9);
            x = Vector512.Create(a[10]);
            c10 = Vector512.FusedMultiplyAdd(x, b0, c10);
            x = Vector512.Create(a[11]);
            c11 = Vector512.FusedMultiplyAdd(x, b0, c11);
            a += aStride;
            b += bStride;
        }

        Store(c0, c, accumulate);
        Store(c1, c + cStride, accumulate);
        Store(c2, c + (2 * cStride), accumulate);
        Store(c3, c + (3 * cStride), accumulate);
        Store(c4, c + (4 * cStride), accumulate);
        Store(c5, c + (5 * cStride), accumulate);
        Store(c6, c + (6 * cStride), accumulate);
        Store(c7, c + (7 * cStride), accumulate);
        Store(c8, c + (8 * cStride), accumulate);
        Store(c9, c + (9 * cStride), accumulate);
        Store(c10, c + (10 * cStride), accumulate);
        Store(c11, c + (11 * cStride), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Few(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        var c0a = Vector512<float>.Zero;
        var c0b = Vector512<float>.Zero;
        var c1a = Vector512<float>.Zero;
        var c1b = Vector512<float>.Zero;
        var c2a = Vector512<float>.Zero;
        var c2b = Vector512<float>.Zero;
        var c3a = Vector512<float>.Zero;
        var c3b = Vector512<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + 16);
            var x = Vector512.Create(a[0]);
            c0a = Vector512.FusedMultiplyAdd(x, b0, c0a);
            c0b = Vector512.FusedMultiplyAdd(x, b1, c0b);
            x = Vector512.Create(a[1]);
            c1a = Vector512.FusedMultiplyAdd(x, b0, c1a);
            c1b = Vector512.FusedMultiplyAdd(x, b1, c1b);
            x = Vector512.Create(a[2]);
            c2a = Vector512.FusedMultiplyAdd(x, b0, c2a);
            c2b = Vector512.FusedMultiplyAdd(x, b1, c2b);
            x = Vector512.Create(a[3]);
            c3a = Vector512.FusedMultiplyAdd(x, b0, c3a);
            c3b = Vector512.FusedMultiplyAdd(x, b1, c3b);
            a += aStride;
            b += bStride;
        }

        Store(c0a, c0b, c, accumulate);
        Store(c1a, c1b, c + cStride, accumulate);
        Store(c2a, c2b, c + (2 * cStride), accumulate);
        Store(c3a, c3b, c + (3 * cStride), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FewHalf(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        var c0 = Vector512<float>.Zero;
        var c1 = Vector512<float>.Zero;
        var c2 = Vector512<float>.Zero;
        var c3 = Vector512<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector512.Load(b);
            var x = Vector512.Create(a[0]);
            c0 = Vector512.FusedMultiplyAdd(x, b0, c0);
            x = Vector512.Create(a[1]);
            c1 = Vector512.FusedMultiplyAdd(x, b0, c1);
            x = Vector512.Create(a[2]);
            c2 = Vector512.FusedMultiplyAdd(x, b0, c2);
            x = Vector512.Create(a[3]);
            c3 = Vector512.FusedMultiplyAdd(x, b0, c3);
            a += aStride;
            b += bStride;
        }

        Store(c0, c, accumulate);
        Store(c1, c + cStride, accumulate);
        Store(c2, c + (2 * cStride), accumulate);
        Store(c3, c + (3 * cStride), accumulate);
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
    private static void Store(Vector512<float> left, Vector512<float> right, float* c, bool accumulate)
    {
        Store(left, c, accumulate);
        Store(right, c + 16, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> value, float* c, bool accumulate) =>
        (accumulate ? Vector512.Load(c) + value : value).Store(c);
}
