using System.Numerics;

namespace Assay.Torch.Kernels.Rows;

internal static unsafe partial class VectorKernels
{
    private const int SquaresPerBlock = 1 << 16;

    /// <summary>sum [width] += the sum over rows of x [rows, width].</summary>
    public static void SumRows<T>(T* x, float* sum, long rows, int width)
        where T : unmanaged
    {
        Elements.Check<T>();
        using var sums = new PartialSums(rows, width);
        Blocks.Run(rows, Blocks.SummedRows, new SumRowsBody<T>(x, sums.Data, width));
        sums.AddTo(sum);
    }

    /// <summary>The sum of all squares in double precision: by blocks, whose sums are added in their order.</summary>
    public static double SumOfSquares(float* x, long n)
    {
        var sums = new double[Blocks.CountOf(n, SquaresPerBlock)];
        fixed (double* data = sums)
            Blocks.Run(n, SquaresPerBlock, new SquaresBody(x, data));
        double total = 0;
        foreach (var sum in sums)
            total += sum;
        return total;
    }

    private readonly struct SumRowsBody<T>(T* x, float* sums, int width) : IBlockBody
        where T : unmanaged
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            var sum = sums + (long)block * width;
            var row = first;
            for (; row + 4 <= first + count; row += 4)
                Four<L>(x + row * width, sum, width);
            for (; row < first + count; row++)
                One<L>(x + row * width, sum, width);
        }

        // The same order as row by row, with a fourth of the traffic to the sums.
        private static void Four<L>(T* x, float* sum, int width)
            where L : struct, ILanes<L>
        {
            T* x1 = x + width,
                x2 = x1 + width,
                x3 = x2 + width;
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
            {
                var one = Elements.Load<float, L>(sum + i, L.Count) + Elements.Load<T, L>(x + i, L.Count);
                var two = one + Elements.Load<T, L>(x1 + i, L.Count);
                Elements.Store(two + Elements.Load<T, L>(x2 + i, L.Count) + Elements.Load<T, L>(x3 + i, L.Count), sum + i, L.Count);
            }

            for (; i < width; i++)
            {
                var two = sum[i] + Elements.Get(x + i) + Elements.Get(x1 + i);
                sum[i] = two + Elements.Get(x2 + i) + Elements.Get(x3 + i);
            }
        }

        private static void One<L>(T* x, float* sum, int width)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
            {
                Elements.Store(Elements.Load<float, L>(sum + i, L.Count) + Elements.Load<T, L>(x + i, L.Count), sum + i, L.Count);
            }

            for (; i < width; i++)
                sum[i] += Elements.Get(x + i);
        }
    }

    private readonly struct SquaresBody(float* x, double* sums) : IBlockBody
    {
        // The only sum in double precision: .NET's own vectors do for it.
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            Vector<double> sum0 = default,
                sum1 = default,
                sum2 = default,
                sum3 = default;
            var from = x + first;
            var i = 0;
            for (; i + 2 * Vector<float>.Count <= count; i += 2 * Vector<float>.Count)
            {
                Vector.Widen(Vector.Load(from + i), out var low, out var high);
                sum0 += low * low;
                sum1 += high * high;
                Vector.Widen(Vector.Load(from + i + Vector<float>.Count), out low, out high);
                sum2 += low * low;
                sum3 += high * high;
            }

            var sum = Vector.Sum(sum0 + sum1 + (sum2 + sum3));
            for (; i < count; i++)
                sum += (double)from[i] * from[i];
            sums[block] = sum;
        }
    }
}
