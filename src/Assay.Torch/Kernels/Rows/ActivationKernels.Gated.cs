using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

internal static unsafe partial class ActivationKernels
{
    /// <summary>y = f(gate) * up.</summary>
    public static void Gated<T>(ActivationKind kind, T* gate, T* up, T* y, long count)
        where T : unmanaged
    {
        Elements.Check<T>();
        Activations.Call(kind, new GatedCall<T>(gate, up, y, count));
    }

    /// <summary>
    /// dGate = dy * up * f'(gate), dUp = dy * f(gate); y, where wanted, is the forward once more, which the product's backward needs.
    /// </summary>
    public static void GatedBackward<T>(ActivationKind kind, T* gate, T* up, T* dy, T* dGate, T* dUp, T* y, long count)
        where T : unmanaged
    {
        Elements.Check<T>();
        Activations.Call(kind, new GatedBackwardCall<T>(gate, up, dy, dGate, dUp, y, count));
    }

    private readonly struct GatedCall<T>(T* gate, T* up, T* y, long count) : IActivationCall
        where T : unmanaged
    {
        public void With<A>()
            where A : struct, IActivation => Blocks.Run(count, Blocks.Elements, new GatedBody<T, A>(gate, up, y));
    }

    private readonly struct GatedBody<T, A>(T* gate, T* up, T* y) : IBlockBody
        where T : unmanaged
        where A : struct, IActivation
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L> => Span<L>(gate + first, up + first, y + first, count);

        private static void Span<L>(T* gate, T* up, T* y, int count)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= count; i += L.Count)
                Step<L>(gate + i, up + i, y + i, L.Count);
            if (i < count)
                Step<L>(gate + i, up + i, y + i, count - i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step<L>(T* gate, T* up, T* y, int count)
            where L : struct, ILanes<L> =>
            Elements.Store(A.Value(Elements.Load<T, L>(gate, count)) * Elements.Load<T, L>(up, count), y, count);
    }

    private readonly struct GatedBackwardCall<T>(T* gate, T* up, T* dy, T* dGate, T* dUp, T* y, long count) : IActivationCall
        where T : unmanaged
    {
        public void With<A>()
            where A : struct, IActivation => Blocks.Run(count, Blocks.Elements, new GatedBackwardBody<T, A>(gate, up, dy, dGate, dUp, y));
    }

    private readonly struct GatedBackwardBody<T, A>(T* gate, T* up, T* dy, T* dGate, T* dUp, T* y) : IBlockBody
        where T : unmanaged
        where A : struct, IActivation
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L> =>
            Span<L>(gate + first, up + first, dy + first, dGate + first, dUp + first, y == null ? null : y + first, count);

        private static void Span<L>(T* gate, T* up, T* dy, T* dGate, T* dUp, T* y, int count)
            where L : struct, ILanes<L>
        {
            // One place for whole and last lanes: with two the JIT's budget for inlining would not last.
            for (var i = 0; i < count; i += L.Count)
                Step<L>(gate, up, dy, dGate, dUp, y, i, Math.Min(L.Count, count - i));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step<L>(T* gate, T* up, T* dy, T* dGate, T* dUp, T* y, int i, int count)
            where L : struct, ILanes<L>
        {
            L u = Elements.Load<T, L>(up + i, count),
                g = Elements.Load<T, L>(dy + i, count);
            var value = A.Value(Elements.Load<T, L>(gate + i, count), out var slope);
            Elements.Store(g * u * slope, dGate + i, count);
            Elements.Store(g * value, dUp + i, count);
            if (y != null)
                Elements.Store(value * u, y + i, count);
        }
    }
}
