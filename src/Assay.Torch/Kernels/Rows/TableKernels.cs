using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

/// <summary>Rows taken from a table by number, and their gradients put back. The caller has checked the numbers.</summary>
internal static unsafe class TableKernels
{
    /// <summary>y[i] = table[ids[i]], rounded where y is bfloat16.</summary>
    public static void Gather<T>(float* table, int* ids, T* y, long rows, int width)
        where T : unmanaged
    {
        Elements.Check<T>();
        Blocks.Run(rows, Blocks.Rows, new GatherBody<float, T>(table, ids, y, width));
    }

    /// <summary>y[i] = x[rows[i]].</summary>
    public static void GatherRows<T>(T* x, int* rows, T* y, long count, int width)
        where T : unmanaged
    {
        Elements.Check<T>();
        Blocks.Run(count, Blocks.Rows, new GatherBody<T, T>(x, rows, y, width));
    }

    /// <summary>
    /// dTable[ids[i]] += dy[i], in the order of i, but for the rows of <paramref name="paddingIndex"/> (-1: none). Threads share out the
    /// columns, so each number is added up in that order however many they are.
    /// </summary>
    public static void ScatterAdd<T>(T* dy, int* ids, float* dTable, long rows, int width, int paddingIndex)
        where T : unmanaged
    {
        Elements.Check<T>();
        Blocks.Run(width, ColumnsPerBlock(width), new ScatterBody<T, float>(dy, ids, dTable, rows, width, paddingIndex));
    }

    /// <summary>dx[rows[i]] += dy[i], in the order of i.</summary>
    public static void ScatterRows<T>(T* dy, int* rows, T* dx, long count, int width)
        where T : unmanaged
    {
        Elements.Check<T>();
        Blocks.Run(width, ColumnsPerBlock(width), new ScatterBody<T, T>(dy, rows, dx, count, width, -1));
    }

    private static int ColumnsPerBlock(int width)
    {
        const int CacheLine = 32; // bfloat16s in 64 bytes: two threads never write to one line of an aligned row
        var share = (width + WorkPool.ThreadCount - 1) / WorkPool.ThreadCount;
        return Math.Max(2 * CacheLine, (share + CacheLine - 1) / CacheLine * CacheLine);
    }

    private readonly struct GatherBody<TFrom, TTo>(TFrom* table, int* rows, TTo* y, int width) : IBlockBody
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        public void Run<L>(int block, long first, int count)
            where L : struct, ILanes<L>
        {
            for (var i = first; i < first + count; i++)
                Row<L>(table + (long)rows[i] * width, y + i * width, width);
        }

        private static void Row<L>(TFrom* from, TTo* to, int width)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= width; i += L.Count)
                Elements.Store(Elements.Load<TFrom, L>(from + i, L.Count), to + i, L.Count);
            if (i < width)
                Elements.Store(Elements.Load<TFrom, L>(from + i, width - i), to + i, width - i);
        }
    }

    private readonly struct ScatterBody<TFrom, TTo>(TFrom* dy, int* rows, TTo* table, long count, int width, int skipped) : IBlockBody
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        public void Run<L>(int block, long firstColumn, int columns)
            where L : struct, ILanes<L>
        {
            for (long i = 0; i < count; i++)
            {
                if (rows[i] != skipped)
                    Add<L>(dy + i * width + firstColumn, table + (long)rows[i] * width + firstColumn, columns);
            }
        }

        private static void Add<L>(TFrom* from, TTo* to, int columns)
            where L : struct, ILanes<L>
        {
            var i = 0;
            for (; i + L.Count <= columns; i += L.Count)
                Step<L>(from + i, to + i, L.Count);
            if (i < columns)
                Step<L>(from + i, to + i, columns - i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step<L>(TFrom* from, TTo* to, int count)
            where L : struct, ILanes<L> =>
            Elements.Store(Elements.Load<TTo, L>(to, count) + Elements.Load<TFrom, L>(from, count), to, count);
    }
}
