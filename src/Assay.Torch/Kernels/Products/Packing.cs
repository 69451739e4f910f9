using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Kernels.Products;

/// <summary>
/// Copies that bring operands into the order the micro-kernels read: the summed index outermost. From float or <see cref="Bf16"/>.
/// </summary>
internal static unsafe class Packing
{
    /// <summary>
    /// <c>destination[j, i] = factor * source[i, j]</c> for i below <paramref name="rows"/> and j below <paramref name="columns"/>; zeros
    /// for i up to <paramref name="paddedRows"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(
        T* source,
        long sourceStride,
        int rows,
        int columns,
        int paddedRows,
        float* destination,
        long destinationStride,
        float factor = 1
    )
        where T : unmanaged
    {
        // Squares of sixteen: whole lines of the cache on both sides.
        for (var firstRow = 0; firstRow < paddedRows; firstRow += 16)
        {
            for (var firstColumn = 0; firstColumn < columns; firstColumn += 16)
            {
                var lastColumn = Math.Min(columns, firstColumn + 16);
                var row = firstRow;
                for (; row + 4 <= Math.Min(rows, firstRow + 16); row += 4)
                {
                    var from = source + (row * sourceStride);
                    var column = firstColumn;
                    Prefetch(from + column + (16 * sourceStride), sourceStride, rows - row - 16);
                    for (; column + 4 <= lastColumn; column += 4)
                    {
                        Transpose4(
                            from + column,
                            sourceStride,
                            destination + (column * destinationStride) + row,
                            destinationStride,
                            factor
                        );
                    }

                    for (; column < lastColumn; column++)
                    {
                        for (var i = 0; i < 4; i++)
                        {
                            destination[(column * destinationStride) + row + i] = Load(from + (i * sourceStride) + column) * factor;
                        }
                    }
                }

                for (; row < Math.Min(paddedRows, firstRow + 16); row++)
                {
                    for (var column = firstColumn; column < lastColumn; column++)
                    {
                        var value = row < rows ? Load(source + (row * sourceStride) + column) * factor : 0;
                        destination[(column * destinationStride) + row] = value;
                    }
                }
            }
        }
    }

    /// <summary>
    /// <c>destination[i, j] = source[i, j]</c>; zeros for j from <paramref name="columns"/> up to <paramref name="paddedColumns"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(
        T* source,
        long sourceStride,
        int rows,
        int columns,
        int paddedColumns,
        float* destination,
        long destinationStride
    )
        where T : unmanaged
    {
        for (var row = 0; row < rows; row++, source += sourceStride, destination += destinationStride)
        {
            var column = 0;
            for (; Vector256.IsHardwareAccelerated && column + 8 <= columns; column += 8)
            {
                Prefetch(source + column + (8 * sourceStride), 0, 1);
                Lanes256.Store(Load<Lanes256, T>(source + column), destination + column);
            }

            for (; column + 4 <= columns; column += 4)
            {
                Lanes128.Store(Load<Lanes128, T>(source + column), destination + column);
            }

            for (; column < columns; column++)
            {
                destination[column] = Load(source + column);
            }

            for (; column < paddedColumns; column++)
            {
                destination[column] = 0;
            }
        }
    }

    /// <summary><c>destination[i] = factor * source[i]</c>, rounded to nearest even where the destination is bf16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store<T>(float* source, int count, float factor, T* destination)
        where T : unmanaged
    {
        var i = 0;
        for (; Vector256.IsHardwareAccelerated && i + 8 <= count; i += 8)
        {
            Store(Lanes256.Load(source + i) * Lanes256.All(factor), destination + i);
        }

        for (; i + 4 <= count; i += 4)
        {
            Store(Lanes128.Load(source + i) * Lanes128.All(factor), destination + i);
        }

        for (; i < count; i++)
        {
            if (typeof(T) == typeof(float))
                ((float*)destination)[i] = source[i] * factor;
            else
                ((Bf16*)destination)[i] = (Bf16)(source[i] * factor);
        }
    }

    /// <summary>The sum of a[i] * b[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot<T>(float* a, T* b, int count)
        where T : unmanaged
    {
        var left = Lanes128.All(0);
        var right = Lanes128.All(0);
        var i = 0;
        for (; i + 8 <= count; i += 8)
        {
            left = Lanes128.MultiplyAdd(Lanes128.Load(a + i), Load<Lanes128, T>(b + i), left);
            right = Lanes128.MultiplyAdd(Lanes128.Load(a + i + 4), Load<Lanes128, T>(b + i + 4), right);
        }

        var sum = Lanes128.Sum(left + right);
        for (; i < count; i++)
        {
            sum += a[i] * Load(b + i);
        }

        return sum;
    }

    /// <summary>Rows that lie far apart are not foreseen by the processor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch<T>(T* source, long stride, int rows)
        where T : unmanaged
    {
        if (!Sse.IsSupported || rows <= 0)
        {
            return;
        }

        Sse.Prefetch1(source);
        if (stride != 0)
        {
            Sse.Prefetch1(source + stride);
            Sse.Prefetch1(source + (2 * stride));
            Sse.Prefetch1(source + (3 * stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4<T>(T* source, long sourceStride, float* destination, long destinationStride, float factor)
        where T : unmanaged
    {
        var scale = Vector128.Create(factor);
        var a = Load4(source) * scale;
        var b = Load4(source + sourceStride) * scale;
        var c = Load4(source + (2 * sourceStride)) * scale;
        var d = Load4(source + (3 * sourceStride)) * scale;
        Vector128<float> low,
            high,
            lowest,
            highest;
        if (Sse.IsSupported)
        {
            (low, high, lowest, highest) = (Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b), Sse.UnpackLow(c, d), Sse.UnpackHigh(c, d));
            (a, b) = (Sse.MoveLowToHigh(low, lowest), Sse.MoveHighToLow(lowest, low));
            (c, d) = (Sse.MoveLowToHigh(high, highest), Sse.MoveHighToLow(highest, high));
        }
        else if (AdvSimd.Arm64.IsSupported)
        {
            (low, high) = (AdvSimd.Arm64.ZipLow(a, c), AdvSimd.Arm64.ZipHigh(a, c));
            (lowest, highest) = (AdvSimd.Arm64.ZipLow(b, d), AdvSimd.Arm64.ZipHigh(b, d));
            (a, b) = (AdvSimd.Arm64.ZipLow(low, lowest), AdvSimd.Arm64.ZipHigh(low, lowest));
            (c, d) = (AdvSimd.Arm64.ZipLow(high, highest), AdvSimd.Arm64.ZipHigh(high, highest));
        }
        else
        {
            (a, b, c, d) = (
                Vector128.Create(a[0], b[0], c[0], d[0]),
                Vector128.Create(a[1], b[1], c[1], d[1]),
                Vector128.Create(a[2], b[2], c[2], d[2]),
                Vector128.Create(a[3], b[3], c[3], d[3])
            );
        }

        a.Store(destination);
        b.Store(destination + destinationStride);
        c.Store(destination + (2 * destinationStride));
        d.Store(destination + (3 * destinationStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Load<L, T>(T* source)
        where L : struct, ILanes<L>
        where T : unmanaged => typeof(T) == typeof(float) ? L.Load((float*)source) : L.Load((Bf16*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<L, T>(L value, T* destination)
        where L : struct, ILanes<L>
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            L.Store(value, (float*)destination);
        else
            L.Store(value, (Bf16*)destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Load4<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector128.Load((float*)source)
            : (Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Load<T>(T* source)
        where T : unmanaged => typeof(T) == typeof(float) ? *(float*)source : (float)*(Bf16*)source;
}
