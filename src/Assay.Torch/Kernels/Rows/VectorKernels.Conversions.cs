using System.Numerics;

namespace Assay.Torch.Kernels.Rows;

internal static unsafe partial class VectorKernels
{
    /// <summary>Rounded to the nearest, ties to even.</summary>
    public static void ToBf16(float* from, Bf16* to, long n) => Blocks.Run(n, Blocks.Elements, new ConvertBody<float, Bf16>(from, to));

    public static void ToFloat(Bf16* from, float* to, long n) => Blocks.Run(n, Blocks.Elements, new ConvertBody<Bf16, float>(from, to));

    /// <summary>From IEEE half precision.</summary>
    public static void ToFloat(Half* from, float* to, long n) => Blocks.Run(n, Blocks.Elements, new HalfBody((ushort*)from, to));

    private readonly struct ConvertBody<TFrom, TTo>(TFrom* from, TTo* to) : IBlockBody
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L> => Span<L>(from + first, to + first, count);

        private static void Span<L>(TFrom* from, TTo* to, int count)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= count; i += L.Count)
                Elements.Store(Elements.Load<TFrom, L>(from + i, L.Count), to + i, L.Count);
            if (i < count)
                Elements.Store(Elements.Load<TFrom, L>(from + i, count - i), to + i, count - i);
        }
    }

    // Exponent and mantissa moved into a float's places and multiplied by 2^112, the difference of the biases: right for subnormals too.
    private readonly struct HalfBody(ushort* from, float* to) : IBlockBody
    {
        private const uint Infinite = 0x7c00,
            SignOfHalf = 0x8000,
            InfiniteSingle = 0x7f800000;

        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            var i = first;
            for (; i + Vector<ushort>.Count <= first + count; i += Vector<ushort>.Count)
            {
                Vector.Widen(Vector.Load(from + i), out var low, out var high);
                Single(low).Store(to + i);
                Single(high).Store(to + i + Vector<float>.Count);
            }

            for (; i < first + count; i++)
                to[i] = Single(new Vector<uint>(from[i]))[0];
        }

        private static Vector<float> Single(Vector<uint> half)
        {
            var magnitude = half & new Vector<uint>(~SignOfHalf);
            var number = Vector.As<float, uint>(Vector.As<uint, float>(magnitude << 13) * new Vector<float>(5.192296858534828e33f));
            var other = new Vector<uint>(InfiniteSingle) | (magnitude << 13);
            var bits = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(Infinite)), other, number);
            return Vector.As<uint, float>(bits | ((half & new Vector<uint>(SignOfHalf)) << 16));
        }
    }
}
