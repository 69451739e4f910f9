using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels;

/// <summary>
/// A bfloat16: the upper half of a float's bits. Conversion rounds to the nearest, ties to even; NaN stays NaN (quiet), and what is
/// larger than the largest bfloat16 becomes infinity, all as torch does.
/// </summary>
internal readonly struct Bf16(ushort bits)
{
    public readonly ushort Bits = bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator float(Bf16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static explicit operator Bf16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return new((ushort)((bits >> 16) | 0x40)); // rounding could carry a NaN into infinity or zero
        return new((ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16));
    }
}
