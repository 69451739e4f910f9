using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

/// <summary>Element by element over n numbers, threads sharing out fixed blocks. Outputs may be inputs.</summary>
internal static unsafe partial class VectorKernels
{
    /// <summary>y = a + b.</summary>
    public static void Add<T>(T* a, T* b, T* y, long n)
        where T : unmanaged
    {
        Elements.Check<T>();
        Blocks.Run(n, Blocks.Elements, new PairBody<T, Sum>(a, b, y));
    }

    /// <summary>y += x.</summary>
    public static void AddInto<T>(T* x, T* y, long n)
        where T : unmanaged => Add(y, x, y, n);

    /// <summary>y = a * b.</summary>
    public static void Multiply<T>(T* a, T* b, T* y, long n)
        where T : unmanaged
    {
        Elements.Check<T>();
        Blocks.Run(n, Blocks.Elements, new PairBody<T, Product>(a, b, y));
    }

    /// <summary>x *= factor.</summary>
    public static void Scale(float* x, float factor, long n) => Blocks.Run(n, Blocks.Elements, new ScaleBody(x, factor));

    /// <summary>y += scale * x.</summary>
    public static void Axpy(float* y, float* x, float scale, long n) => Blocks.Run(n, Blocks.Elements, new AxpyBody(y, x, scale));

    private interface IPair
    {
        static abstract L Of<L>(L a, L b)
            where L : struct, ILanes<L>;
    }

    private readonly struct Sum : IPair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Of<L>(L a, L b)
            where L : struct, ILanes<L> => a + b;
    }

    private readonly struct Product : IPair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Of<L>(L a, L b)
            where L : struct, ILanes<L> => a * b;
    }

    private readonly struct PairBody<T, F>(T* a, T* b, T* y) : IBlockBody
        where T : unmanaged
        where F : struct, IPair
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L> => Span<L>(a + first, b + first, y + first, count);

        private static void Span<L>(T* a, T* b, T* y, int count)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= count; i += L.Count)
            {
                Elements.Store(F.Of(Elements.Load<T, L>(a + i, L.Count), Elements.Load<T, L>(b + i, L.Count)), y + i, L.Count);
            }

            var rest = count - i;
            if (rest > 0)
                Elements.Store(F.Of(Elements.Load<T, L>(a + i, rest), Elements.Load<T, L>(b + i, rest)), y + i, rest);
        }
    }

    private readonly struct ScaleBody(float* x, float factor) : IBlockBody
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L> => Span(x + first, count, L.All(factor));

        private static void Span<L>(float* x, int count, L factor)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= count; i += L.Count)
                Elements.Store(Elements.Load<float, L>(x + i, L.Count) * factor, x + i, L.Count);
            if (i < count)
                Elements.Store(Elements.Load<float, L>(x + i, count - i) * factor, x + i, count - i);
        }
    }

    private readonly struct AxpyBody(float* y, float* x, float scale) : IBlockBody
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L> => Span(y + first, x + first, count, L.All(scale));

        private static void Span<L>(float* y, float* x, int count, L scale)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= count; i += L.Count)
                Step(y + i, x + i, L.Count, scale);
            if (i < count)
                Step(y + i, x + i, count - i, scale);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step<L>(float* y, float* x, int count, L scale)
            where L : struct, ILanes<L> =>
            Elements.Store(L.MultiplyAdd(Elements.Load<float, L>(x, count), scale, Elements.Load<float, L>(y, count)), y, count);
    }
}
