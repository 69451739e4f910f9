using System.Numerics;
using System.Runtime.InteropServices;

namespace Assay.Models.Checkpoints;

/// <summary>Sizes of the stored kinds and their numbers as fp32 or fp64; of the kinds in blocks by <see cref="GgufBlocks"/>.</summary>
internal static class Elements
{
    /// <summary>Numbers in one block of the kind; 1 for the plain kinds.</summary>
    public static int BlockLength(ElementKind kind) => GgufBlocks.SizeOf(kind)?.Length ?? 1;

    /// <summary>Bytes of one block of the kind.</summary>
    public static int BlockBytes(ElementKind kind) =>
        kind switch
        {
            ElementKind.Bool or ElementKind.U8 or ElementKind.I8 => 1,
            ElementKind.U16 or ElementKind.I16 or ElementKind.F16 or ElementKind.BF16 => 2,
            ElementKind.U32 or ElementKind.I32 or ElementKind.F32 => 4,
            ElementKind.U64 or ElementKind.I64 or ElementKind.F64 => 8,
            _ => GgufBlocks.SizeOf(kind)?.Bytes ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>Whether numbers of this kind can be a weight: the floating and the quantised kinds.</summary>
    public static bool IsWeight(ElementKind kind) => kind >= ElementKind.F16;

    public static void Convert(ElementKind kind, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (kind)
        {
            case ElementKind.F32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case ElementKind.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(source);
                for (var i = 0; i < destination.Length; i++)
                    destination[i] = (float)halves[i];
                break;
            case ElementKind.BF16:
                var tops = MemoryMarshal.Cast<byte, ushort>(source);
                for (var i = 0; i < destination.Length; i++)
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)tops[i] << 16);
                break;
            case ElementKind.F64:
                Cast<double, float>(source, destination);
                break;
            case ElementKind.Bool or ElementKind.U8:
                Cast<byte, float>(source, destination);
                break;
            case ElementKind.I8:
                Cast<sbyte, float>(source, destination);
                break;
            case ElementKind.U16:
                Cast<ushort, float>(source, destination);
                break;
            case ElementKind.I16:
                Cast<short, float>(source, destination);
                break;
            case ElementKind.U32:
                Cast<uint, float>(source, destination);
                break;
            case ElementKind.I32:
                Cast<int, float>(source, destination);
                break;
            case ElementKind.U64:
                Cast<ulong, float>(source, destination);
                break;
            case ElementKind.I64:
                Cast<long, float>(source, destination);
                break;
            default:
                GgufBlocks.Convert(kind, source, destination);
                break;
        }
    }

    private static void Cast<TFrom, TTo>(ReadOnlySpan<byte> source, Span<TTo> destination)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        var values = MemoryMarshal.Cast<byte, TFrom>(source);
        for (var i = 0; i < destination.Length; i++)
            destination[i] = TTo.CreateTruncating(values[i]);
    }
}
