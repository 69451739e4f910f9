using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

/// <summary>RMSNorm and LayerNorm over rows of <c>width</c>, statistics in fp32. Pointers are to rows without gaps.</summary>
internal static unsafe partial class NormKernels
{
    /// <summary>y = x * rstd * (weight + offset) with rstd = 1 / sqrt(mean(x²) + eps), which is kept for each row.</summary>
    public static void RmsNorm<T>(T* x, float* weight, float offset, float eps, T* y, float* rstd, long rows, int width)
        where T : unmanaged
    {
        Elements.Check<T>();
        Blocks.Run(rows, Blocks.Rows, new RmsNormBody<T>(x, weight, offset, eps, y, rstd, width));
    }

    /// <summary>dx is written; dWeight [width], where wanted, is added to.</summary>
    public static void RmsNormBackward<T>(
        T* x,
        float* weight,
        float offset,
        float* rstd,
        T* dy,
        T* dx,
        float* dWeight,
        long rows,
        int width
    )
        where T : unmanaged
    {
        Elements.Check<T>();
        if (dWeight == null)
        {
            Blocks.Run(rows, Blocks.Rows, new RmsNormBackwardBody<T>(x, weight, offset, rstd, dy, dx, null, width));
            return;
        }

        using var sums = new PartialSums(rows, width);
        Blocks.Run(rows, Blocks.SummedRows, new RmsNormBackwardBody<T>(x, weight, offset, rstd, dy, dx, sums.Data, width));
        sums.AddTo(dWeight);
    }

    /// <summary>The sum of (x - mean)²; four accumulators, which is faster and rounds less.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumOfSquares<T, L>(T* x, float mean, int width)
        where T : unmanaged
        where L : struct, ILanes<L>
    {
        L level = L.All(mean),
            sum0 = L.All(0f),
            sum1 = sum0,
            sum2 = sum0,
            sum3 = sum0;
        var i = 0;
        for (; i + 4 * L.Count <= width; i += 4 * L.Count)
        {
            var x0 = Elements.Load<T, L>(x + i, L.Count) - level;
            var x1 = Elements.Load<T, L>(x + i + L.Count, L.Count) - level;
            var x2 = Elements.Load<T, L>(x + i + 2 * L.Count, L.Count) - level;
            var x3 = Elements.Load<T, L>(x + i + 3 * L.Count, L.Count) - level;
            sum0 = L.MultiplyAdd(x0, x0, sum0);
            sum1 = L.MultiplyAdd(x1, x1, sum1);
            sum2 = L.MultiplyAdd(x2, x2, sum2);
            sum3 = L.MultiplyAdd(x3, x3, sum3);
        }

        for (; i + L.Count <= width; i += L.Count)
        {
            var x0 = Elements.Load<T, L>(x + i, L.Count) - level;
            sum0 = L.MultiplyAdd(x0, x0, sum0);
        }

        var sum = L.Sum(sum0 + sum1 + (sum2 + sum3));
        for (; i < width; i++)
            sum += (Elements.Get(x + i) - mean) * (Elements.Get(x + i) - mean);
        return sum;
    }

    private readonly struct RmsNormBody<T>(T* x, float* weight, float offset, float eps, T* y, float* rstd, int width) : IBlockBody
        where T : unmanaged
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            for (var row = first; row < first + count; row++)
            {
                var at = row * width;
                var scale = 1 / MathF.Sqrt(SumOfSquares<T, L>(x + at, 0, width) / width + eps);
                rstd[row] = scale;
                Row<L>(x + at, y + at, weight, width, L.All(scale), L.All(offset));
            }
        }

        private static void Row<L>(T* x, T* y, float* weight, int width, L scale, L offset)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
                Step(x + i, y + i, weight + i, L.Count, scale, offset);
            if (i < width)
                Step(x + i, y + i, weight + i, width - i, scale, offset);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step<L>(T* x, T* y, float* weight, int count, L scale, L offset)
            where L : struct, ILanes<L> =>
            Elements.Store(Elements.Load<T, L>(x, count) * scale * (Elements.Load<float, L>(weight, count) + offset), y, count);
    }

    private readonly struct RmsNormBackwardBody<T>(T* x, float* weight, float offset, float* rstd, T* dy, T* dx, float* sums, int width)
        : IBlockBody
        where T : unmanaged
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            var sum = sums == null ? null : sums + (long)block * width;
            for (var row = first; row < first + count; row++)
            {
                var at = row * width;
                var scale = rstd[row];
                var along = Products<L>(x + at, dy + at, weight, sum, width, L.All(scale), L.All(offset)) * scale * scale * scale / width;
                Slopes<L>(x + at, dy + at, dx + at, weight, width, L.All(scale), L.All(along), L.All(offset));
            }
        }

        // The sum of dy * (weight + offset) * x; adds dy * x * scale to the weight's gradient.
        private static float Products<L>(T* x, T* dy, float* weight, float* sum, int width, L scale, L offset)
            where L : struct, ILanes<L>
        {
            L even = L.All(0f),
                odd = even;
            var i = 0;
            for (; i + 2 * L.Count <= width; i += 2 * L.Count)
            {
                even = Product(even, x + i, dy + i, weight + i, sum == null ? null : sum + i, L.Count, scale, offset);
                var j = i + L.Count;
                odd = Product(odd, x + j, dy + j, weight + j, sum == null ? null : sum + j, L.Count, scale, offset);
            }

            for (; i + L.Count <= width; i += L.Count)
            {
                even = Product(even, x + i, dy + i, weight + i, sum == null ? null : sum + i, L.Count, scale, offset);
            }

            if (i < width)
                odd = Product(odd, x + i, dy + i, weight + i, sum == null ? null : sum + i, width - i, scale, offset);
            return L.Sum(even + odd);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static L Product<L>(L products, T* x, T* dy, float* weight, float* sum, int count, L scale, L offset)
            where L : struct, ILanes<L>
        {
            L g = Elements.Load<T, L>(dy, count),
                along = g * Elements.Load<T, L>(x, count);
            if (sum != null)
                Elements.Store(L.MultiplyAdd(along, scale, Elements.Load<float, L>(sum, count)), sum, count);
            return L.MultiplyAdd(along, Elements.Load<float, L>(weight, count) + offset, products);
        }

        private static void Slopes<L>(T* x, T* dy, T* dx, float* weight, int width, L scale, L along, L offset)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
                Slope(x + i, dy + i, dx + i, weight + i, L.Count, scale, along, offset);
            if (i < width)
                Slope(x + i, dy + i, dx + i, weight + i, width - i, scale, along, offset);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Slope<L>(T* x, T* dy, T* dx, float* weight, int count, L scale, L along, L offset)
            where L : struct, ILanes<L>
        {
            var weighted = Elements.Load<T, L>(dy, count) * (Elements.Load<float, L>(weight, count) + offset) * scale;
            Elements.Store(L.MultiplyAdd(-Elements.Load<T, L>(x, count), along, weighted), dx, count);
        }
    }
}
