using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

internal static unsafe partial class NormKernels
{
    /// <summary>y = (x - mean) * rstd * weight + bias, which may be null; mean and rstd = 1 / sqrt(variance + eps) are kept.</summary>
    public static void LayerNorm<T>(T* x, float* weight, float* bias, float eps, T* y, float* mean, float* rstd, long rows, int width)
        where T : unmanaged
    {
        Elements.Check<T>();
        Blocks.Run(rows, Blocks.Rows, new LayerNormBody<T>(x, weight, bias, eps, y, mean, rstd, width));
    }

    /// <summary>dx is written; dWeight and dBias [width], where wanted, are added to.</summary>
    public static void LayerNormBackward<T>(
        T* x,
        float* weight,
        float* mean,
        float* rstd,
        T* dy,
        T* dx,
        float* dWeight,
        float* dBias,
        long rows,
        int width
    )
        where T : unmanaged
    {
        Elements.Check<T>();
        if (dWeight == null && dBias == null)
        {
            Blocks.Run(rows, Blocks.Rows, new LayerNormBackwardBody<T>(x, weight, mean, rstd, dy, dx, null, null, width));
            return;
        }

        using PartialSums weights = new(rows, width),
            biases = new(rows, width);
        Blocks.Run(rows, Blocks.SummedRows, new LayerNormBackwardBody<T>(x, weight, mean, rstd, dy, dx, weights.Data, biases.Data, width));
        if (dWeight != null)
            weights.AddTo(dWeight);
        if (dBias != null)
            biases.AddTo(dBias);
    }

    private readonly struct LayerNormBody<T>(T* x, float* weight, float* bias, float eps, T* y, float* mean, float* rstd, int width)
        : IBlockBody
        where T : unmanaged
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            for (var row = first; row < first + count; row++)
            {
                var at = row * width;
                var level = Sum<L>(x + at, width) / width;
                var scale = 1 / MathF.Sqrt(SumOfSquares<T, L>(x + at, level, width) / width + eps);
                mean[row] = level;
                rstd[row] = scale;
                if (bias == null)
                    Row<L>(x + at, y + at, weight, width, L.All(level), L.All(scale));
                else
                    Row<L>(x + at, y + at, weight, bias, width, L.All(level), L.All(scale));
            }
        }

        private static float Sum<L>(T* x, int width)
            where L : struct, ILanes<L>
        {
            L even = L.All(0f),
                odd = even;
            var i = 0;
            for (; i + 2 * L.Count <= width; i += 2 * L.Count)
            {
                even += Elements.Load<T, L>(x + i, L.Count);
                odd += Elements.Load<T, L>(x + i + L.Count, L.Count);
            }

            for (; i + L.Count <= width; i += L.Count)
                even += Elements.Load<T, L>(x + i, L.Count);
            if (i < width)
                odd += Elements.Load<T, L>(x + i, width - i);
            return L.Sum(even + odd);
        }

        private static void Row<L>(T* x, T* y, float* weight, int width, L level, L scale)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
                Elements.Store(Weighted(x + i, weight + i, L.Count, level, scale), y + i, L.Count);
            if (i < width)
                Elements.Store(Weighted(x + i, weight + i, width - i, level, scale), y + i, width - i);
        }

        private static void Row<L>(T* x, T* y, float* weight, float* bias, int width, L level, L scale)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
            {
                var weighted = Weighted(x + i, weight + i, L.Count, level, scale);
                Elements.Store(weighted + Elements.Load<float, L>(bias + i, L.Count), y + i, L.Count);
            }

            if (i == width)
                return;
            var rest = width - i;
            Elements.Store(Weighted(x + i, weight + i, rest, level, scale) + Elements.Load<float, L>(bias + i, rest), y + i, rest);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static L Weighted<L>(T* x, float* weight, int count, L level, L scale)
            where L : struct, ILanes<L> => (Elements.Load<T, L>(x, count) - level) * scale * Elements.Load<float, L>(weight, count);
    }

    private readonly struct LayerNormBackwardBody<T>(
        T* x,
        float* weight,
        float* mean,
        float* rstd,
        T* dy,
        T* dx,
        float* weightSums,
        float* biasSums,
        int width
    ) : IBlockBody
        where T : unmanaged
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            for (var row = first; row < first + count; row++)
            {
                var at = row * width;
                L level = L.All(mean[row]),
                    scale = L.All(rstd[row]);
                var products = Products<L>(x + at, dy + at, weight, width, level, scale, out var sum);
                var sums = (long)block * width;
                if (weightSums != null)
                    Gradients<L>(x + at, dy + at, weightSums + sums, biasSums + sums, width, level, scale);
                Slopes<L>(x + at, dy + at, dx + at, weight, width, level, scale, L.All(sum / width), L.All(products / width));
            }
        }

        // The sums of dy * weight * normed and of dy * weight.
        private static float Products<L>(T* x, T* dy, float* weight, int width, L level, L scale, out float sum)
            where L : struct, ILanes<L>
        {
            L sums = L.All(0f),
                products = sums;
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
            {
                var weighted = Elements.Load<T, L>(dy + i, L.Count) * Elements.Load<float, L>(weight + i, L.Count);
                sums += weighted;
                products = L.MultiplyAdd(weighted, (Elements.Load<T, L>(x + i, L.Count) - level) * scale, products);
            }

            if (i < width)
            {
                var weighted = Elements.Load<T, L>(dy + i, width - i) * Elements.Load<float, L>(weight + i, width - i);
                sums += weighted;
                products = L.MultiplyAdd(weighted, (Elements.Load<T, L>(x + i, width - i) - level) * scale, products);
            }

            sum = L.Sum(sums);
            return L.Sum(products);
        }

        private static void Slopes<L>(T* x, T* dy, T* dx, float* weight, int width, L level, L scale, L upstream, L along)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
                Slope(x + i, dy + i, dx + i, weight + i, L.Count, level, scale, upstream, along);
            if (i < width)
                Slope(x + i, dy + i, dx + i, weight + i, width - i, level, scale, upstream, along);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Slope<L>(T* x, T* dy, T* dx, float* weight, int count, L level, L scale, L upstream, L along)
            where L : struct, ILanes<L>
        {
            var normed = (Elements.Load<T, L>(x, count) - level) * scale;
            var weighted = Elements.Load<T, L>(dy, count) * Elements.Load<float, L>(weight, count);
            Elements.Store((weighted - upstream - normed * along) * scale, dx, count);
        }

        private static void Gradients<L>(T* x, T* dy, float* weightSum, float* biasSum, int width, L level, L scale)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
                Gradient(x + i, dy + i, weightSum + i, biasSum + i, L.Count, level, scale);
            if (i < width)
                Gradient(x + i, dy + i, weightSum + i, biasSum + i, width - i, level, scale);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Gradient<L>(T* x, T* dy, float* weightSum, float* biasSum, int count, L level, L scale)
            where L : struct, ILanes<L>
        {
            var g = Elements.Load<T, L>(dy, count);
            var normed = (Elements.Load<T, L>(x, count) - level) * scale;
            Elements.Store(L.MultiplyAdd(g, normed, Elements.Load<float, L>(weightSum, count)), weightSum, count);
            Elements.Store(Elements.Load<float, L>(biasSum, count) + g, biasSum, count);
        }
    }
}
