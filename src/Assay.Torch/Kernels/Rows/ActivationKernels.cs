using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

/// <summary>y = f(x + bias), and gated: y = f(gate) * up; with their backward. Outputs may be inputs.</summary>
internal static unsafe partial class ActivationKernels
{
    /// <summary>y = f(x + bias) over [rows, width]; bias [width] may be null.</summary>
    public static void Apply<T>(ActivationKind kind, T* x, float* bias, T* y, long rows, int width)
        where T : unmanaged
    {
        Elements.Check<T>();
        Activations.Call(kind, new ApplyCall<T>(x, bias, y, rows, width));
    }

    /// <summary>dx = dy * f'(x + bias); its sum over rows is added to dBias [width], where wanted.</summary>
    public static void ApplyBackward<T>(ActivationKind kind, T* x, float* bias, T* dy, T* dx, float* dBias, long rows, int width)
        where T : unmanaged
    {
        Elements.Check<T>();
        Activations.Call(kind, new ApplyBackwardCall<T>(x, bias, dy, dx, dBias, rows, width));
    }

    private readonly struct ApplyCall<T>(T* x, float* bias, T* y, long rows, int width) : IActivationCall
        where T : unmanaged
    {
        public void With<A>()
            where A : struct, IActivation => Blocks.Run(rows, Blocks.Rows, new ApplyBody<T, A>(x, bias, y, width));
    }

    private readonly struct ApplyBody<T, A>(T* x, float* bias, T* y, int width) : IBlockBody
        where T : unmanaged
        where A : struct, IActivation
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            for (var row = first; row < first + count; row++)
                Row<L>(x + row * width, bias, y + row * width, width);
        }

        private static void Row<L>(T* x, float* bias, T* y, int width)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
                Elements.Store(A.Value(Biased<T, L>(x, bias, i, L.Count)), y + i, L.Count);
            if (i < width)
                Elements.Store(A.Value(Biased<T, L>(x, bias, i, width - i)), y + i, width - i);
        }
    }

    private readonly struct ApplyBackwardCall<T>(T* x, float* bias, T* dy, T* dx, float* dBias, long rows, int width) : IActivationCall
        where T : unmanaged
    {
        public void With<A>()
            where A : struct, IActivation
        {
            if (dBias == null)
            {
                Blocks.Run(rows, Blocks.Rows, new ApplyBackwardBody<T, A>(x, bias, dy, dx, null, width));
                return;
            }

            using var sums = new PartialSums(rows, width);
            Blocks.Run(rows, Blocks.SummedRows, new ApplyBackwardBody<T, A>(x, bias, dy, dx, sums.Data, width));
            sums.AddTo(dBias);
        }
    }

    private readonly struct ApplyBackwardBody<T, A>(T* x, float* bias, T* dy, T* dx, float* sums, int width) : IBlockBody
        where T : unmanaged
        where A : struct, IActivation
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            var sum = sums == null ? null : sums + (long)block * width;
            for (var row = first; row < first + count; row++)
                Row<L>(x + row * width, bias, dy + row * width, dx + row * width, sum, width);
        }

        private static void Row<L>(T* x, float* bias, T* dy, T* dx, float* sum, int width)
            where L : struct, ILanes<L>
        {
            // One place for whole and last lanes: with two the JIT's budget for inlining would not last.
            for (var i = 0; i < width; i += L.Count)
                Step<L>(x, bias, dy, dx, sum, i, Math.Min(L.Count, width - i));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step<L>(T* x, float* bias, T* dy, T* dx, float* sum, int i, int count)
            where L : struct, ILanes<L>
        {
            A.Value(Biased<T, L>(x, bias, i, count), out var slope);
            var gradient = Elements.Load<T, L>(dy + i, count) * slope;
            Elements.Store(gradient, dx + i, count);
            if (sum != null)
                Elements.Store(Elements.Load<float, L>(sum + i, count) + gradient, sum + i, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Biased<T, L>(T* x, float* bias, int i, int count)
        where T : unmanaged
        where L : struct, ILanes<L> =>
        bias == null ? Elements.Load<T, L>(x + i, count) : Elements.Load<T, L>(x + i, count) + Elements.Load<float, L>(bias + i, count);
}
