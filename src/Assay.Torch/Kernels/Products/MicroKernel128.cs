using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Assay.Torch.Kernels.Products;

/// <summary>
/// Blocks of 8 x 8 in 16 of the 32 registers of Neon; see <see cref="MicroKernelSet"/>. Also what runs where there are no vectors.
/// </summary>
internal static unsafe class MicroKernel128
{
    public static MicroKernelSet Set => new(8, 4, 4, &Full, &FullHalf, &Few, &FewHalf);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Full(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        Prefetch(c, cStride, 8, 7);
        var c0a = Vector128<float>.Zero;
        var c0b = Vector128<float>.Zero;
        var c1a = Vector128<float>.Zero;
        var c1b = Vector128<float>.Zero;
        var c2a = Vector128<float>.Zero;
        var c2b = Vector128<float>.Zero;
        var c3a = Vector128<float>.Zero;
        var c3b = Vector128<float>.Zero;
        var c4a = Vector128<float>.Zero;
        var c4b = Vector128<float>.Zero;
        var c5a = Vector128<float>.Zero;
        var c5b = Vector128<float>.Zero;
        var c6a = Vector128<float>.Zero;
        var c6b = Vector128<float>.Zero;
        var c7a = Vector128<float>.Zero;
        var c7b = Vector128<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector128.Load(b);
            var b1 = Vector128.Load(b + 4);
            var x = Vector128.Create(a[0]);
            c0a = Vector128.MultiplyAddEstimate(x, b0, c0a);
            c0b = Vector128.MultiplyAddEstimate(x, b1, c0b);
            x = Vector128.Create(a[1]);
            c1a = Vector128.MultiplyAddEstimate(x, b0, c1a);
            c1b = Vector128.MultiplyAddEstimate(x, b1, c1b);
            x = Vector128.Create(a[2]);
            c2a = Vector128.MultiplyAddEstimate(x, b0, c2a);
            c2b = Vector128.MultiplyAddEstimate(x, b1, c2b);
            x = Vector128.Create(a[3]);
            c3a = Vector128.MultiplyAddEstimate(x, b0, c3a);
            c3b = Vector128.MultiplyAddEstimate(x, b1, c3b);
            x = Vector128.Create(a[4]);
            c4a = Vector128.MultiplyAddEstimate(x, b0, c4a);
            c4b = Vector128.MultiplyAddEstimate(x, b1, c4b);
            x = Vector128.Create(a[5]);
            c5a = Vector128.MultiplyAddEstimate(x, b0, c5a);
            c5b = Vector128.MultiplyAddEstimate(x, b1, c5b);
            x = Vector128.Create(a[6]);
            c6a = Vector128.MultiplyAddEstimate(x, b0, c6a);
            c6b = Vector128.MultiplyAddEstimate(x, b1, c6b);
            x = Vector128.Create(a[7]);
            c7a = Vector128.MultiplyAddEstimate(x, b0, c7a);
            c7b = Vector128.MultiplyAddEstimate(x, b1, c7b);
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
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FullHalf(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        Prefetch(c, cStride, 8, 3);
        var c0 = Vector128<float>.Zero;
        var c1 = Vector128<float>.Zero;
        var c2 = Vector128<float>.Zero;
        var c3 = Vector128<float>.Zero;
        var c4 = Vector128<float>.Zero;
        var c5 = Vector128<float>.Zero;
        var c6 = Vector128<float>.Zero;
        var c7 = Vector128<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector128.Load(b);
            var x = Vector128.Create(a[0]);
            c0 = Vector128.MultiplyAddEstimate(x, b0, c0);
            x = Vector128.Create(a[1]);
            c1 = Vector128.MultiplyAddEstimate(x, b0, c1);
            x = Vector128.Create(a[2]);
            c2 = Vector128.MultiplyAddEstimate(x, b0, c2);
            x = Vector128.Create(a[3]);
            c3 = Vector128.MultiplyAddEstimate(x, b0, c3);
            x = Vector128.Create(a[4]);
            c4 = Vector128.MultiplyAddEstimate(x, b0, c4);
            x = Vector128.Create(a[5]);
            c5 = Vector128.MultiplyAddEstimate(x, b0, c5);
            x = Vector128.Create(a[6]);
            c6 = Vector128.MultiplyAddEstimate(x, b0, c6);
            x = Vector128.Create(a[7]);
            c7 = Vector128.MultiplyAddEstimate(x, b0, c7);
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
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Few(float* a, nint aStride, float* b, nint bStride, nint depth, float* c, nint cStride, bool accumulate)
    {
        var c0a = Vector128<float>.Zero;
        var c0b = Vector128<float>.Zero;
        var c1a = Vector128<float>.Zero;
        var c1b = Vector128<float>.Zero;
        var c2a = Vector128<float>.Zero;
        var c2b = Vector128<float>.Zero;
        var c3a = Vector128<float>.Zero;
        var c3b = Vector128<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector128.Load(b);
            var b1 = Vector128.Load(b + 4);
            var x = Vector128.Create(a[0]);
            c0a = Vector128.MultiplyAddEstimate(x, b0, c0a);
            c0b = Vector128.MultiplyAddEstimate(x, b1, c0b);
            x = Vector128.Create(a[1]);
            c1a = Vector128.MultiplyAddEstimate(x, b0, c1a);
            c1b = Vector128.MultiplyAddEstimate(x, b1, c1b);
            x = Vector128.Create(a[2]);
            c2a = Vector128.MultiplyAddEstimate(x, b0, c2a);
            c2b = Vector128.MultiplyAddEstimate(x, b1, c2b);
            x = Vector128.Create(a[3]);
            c3a = Vector128.MultiplyAddEstimate(x, b0, c3a);
            c3b = Vector128.MultiplyAddEstimate(x, b1, c3b);
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
        var c0 = Vector128<float>.Zero;
        var c1 = Vector128<float>.Zero;
        var c2 = Vector128<float>.Zero;
        var c3 = Vector128<float>.Zero;
        for (var i = depth; i > 0; i--)
        {
            var b0 = Vector128.Load(b);
            var x = Vector128.Create(a[0]);
            c0 = Vector128.MultiplyAddEstimate(x, b0, c0);
            x = Vector128.Create(a[1]);
            c1 = Vector128.MultiplyAddEstimate(x, b0, c1);
            x = Vector128.Create(a[2]);
            c2 = Vector128.MultiplyAddEstimate(x, b0, c2);
            x = Vector128.Create(a[3]);
            c3 = Vector128.MultiplyAddEstimate(x, b0, c3);
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
    private static void Store(Vector128<float> left, Vector128<float> right, float* c, bool accumulate)
    {
        Store(left, c, accumulate);
        Store(right, c + 4, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<float> value, float* c, bool accumulate) =>
        (accumulate ? Vector128.Load(c) + value : value).Store(c);
}
