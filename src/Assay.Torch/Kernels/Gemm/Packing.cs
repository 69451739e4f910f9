using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Assay.Torch.Kernels;

/// <summary>Copies that bring operands into the order the micro-kernels read: the summed index outermost. From float or <see cref="Bf16"/>.</summary>
internal static unsafe class Packing
{
    /// <summary>
    /// <c>destination[j, i] = factor * source[i, j]</c> for i below <paramref name="rows"/> and j below <paramref name="columns"/>; zeros for i up to
    /// <paramref name="paddedRows"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(T* source, long sourceStride, int rows, int columns, int paddedRows, float* destination, long destinationStride, float factor = 1)
        where T : unmanaged
    {
        // Sixteen columns at a time: one line of the cache from each row, read once.
        for (var first = 0; first < columns; first += 16)
        {
            var last = Math.Min(columns, first + 16);
            var row = 0;
            for (; row + 4 <= rows; row += 4)
            {
                var from = source + (row * sourceStride);
                var column = first;
                for (; column + 4 <= last; column += 4)
                {
                    Transpose4(from + column, sourceStride, destination + (column * destinationStride) + row, destinationStride, factor);
                }

                for (; column < last; column++)
                {
                    for (var i = 0; i < 4; i++)
                    {
                        destination[(column * destinationStride) + row + i] = Load(from + (i * sourceStride) + column) * factor;
                    }
                }
            }

            for (; row < rows; row++)
            {
                for (var column = first; column < last; column++)
                {
                    destination[(column * destinationStride) + row] = Load(source + (row * sourceStride) + column) * factor;
                }
            }

            for (; row < paddedRows; row++)
            {
                for (var column = first; column < last; column++)
                {
                    destination[(column * destinationStride) + row] = 0;
                }
            }
        }
    }

    /// <summary><c>destination[i, j] = source[i, j]</c>; zeros for j from <paramref name="columns"/> up to <paramref name="paddedColumns"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(T* source, long sourceStride, int rows, int columns, int paddedColumns, float* destination, long destinationStride)
        where T : unmanaged
    {
        for (var row = 0; row < rows; row++, source += sourceStride, destination += destinationStride)
        {
            var column = 0;
            for (; column + 8 <= columns; column += 8)
            {
                Load4(source + column).Store(destination + column);
                Load4(source + column + 4).Store(destination + column + 4);
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
        for (; i + 4 <= count; i += 4)
        {
            var value = Vector128.Load(source + i) * factor;
            if (typeof(T) == typeof(float))
            {
                value.Store((float*)destination + i);
            }
            else
            {
                // A NaN's rounding could carry into the sign, so it is taken apart: its upper half, made quiet.
                var bits = value.AsUInt32();
                var rounded = (bits + Vector128.Create(0x7fffu) + ((bits >>> 16) & Vector128<uint>.One)) >>> 16;
                var half = Vector128.ConditionalSelect(Vector128.Equals(value, value).AsUInt32(), rounded, (bits >>> 16) | Vector128.Create(0x40u));
                *(ulong*)((ushort*)destination + i) = Vector128.Narrow(half, half).AsUInt64().ToScalar();
            }
        }

        for (; i < count; i++)
        {
            var value = source[i] * factor;
            if (typeof(T) == typeof(float))
            {
                ((float*)destination)[i] = value;
            }
            else
            {
                var bits = BitConverter.SingleToUInt32Bits(value);
                ((ushort*)destination)[i] = (ushort)(float.IsNaN(value) ? (bits >> 16) | 0x40 : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot<T>(float* a, T* b, int count)
        where T : unmanaged
    {
        var sums = Vector128<float>.Zero;
        var i = 0;
        for (; i + 4 <= count; i += 4)
        {
            sums = Vector128.MultiplyAddEstimate(Vector128.Load(a + i), Load4(b + i), sums);
        }

        var sum = Vector128.Sum(sums);
        for (; i < count; i++)
        {
            sum += a[i] * Load(b + i);
        }

        return sum;
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
        Vector128<float> low, high, lowest, highest;
        if (Sse.IsSupported)
        {
            (low, high, lowest, highest) = (Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b), Sse.UnpackLow(c, d), Sse.UnpackHigh(c, d));
            (a, b, c, d) = (Sse.MoveLowToHigh(low, lowest), Sse.MoveHighToLow(lowest, low), Sse.MoveLowToHigh(high, highest), Sse.MoveHighToLow(highest, high));
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
                Vector128.Create(a[0], b[0], c[0], d[0]), Vector128.Create(a[1], b[1], c[1], d[1]),
                Vector128.Create(a[2], b[2], c[2], d[2]), Vector128.Create(a[3], b[3], c[3], d[3]));
        }

        a.Store(destination);
        b.Store(destination + destinationStride);
        c.Store(destination + (2 * destinationStride));
        d.Store(destination + (3 * destinationStride));
    }

    /// <summary>A bf16 is the upper half of a float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Load4<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector128.Load((float*)source)
            : (Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Load<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? *(float*)source : BitConverter.UInt32BitsToSingle((uint)*(ushort*)source << 16);
}
