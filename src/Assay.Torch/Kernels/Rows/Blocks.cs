using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Assay.Torch.Kernels.Rows;

/// <summary>What a kernel does to one block of rows or elements.</summary>
internal interface IBlockBody
{
    void Run<L>(int block, long first, int count)
        where L : struct, ILanes<L>;
}

/// <summary>
/// Work cut into blocks of fixed size, whoever runs them, so that sums over blocks do not depend on the number of threads; and the one
/// place that picks the width of the registers.
/// </summary>
internal static class Blocks
{
    /// <summary>Rows to a block where a block adds up: fixed, since sums depend on it.</summary>
    public const int SummedRows = 64;

    /// <summary>Rows to a block where nothing is added up: few, so that short batches keep all threads busy.</summary>
    public const int Rows = 16;

    public const int Elements = 1 << 14;

    public static int CountOf(long count, int perBlock) => checked((int)((count + perBlock - 1) / perBlock));

    public static void Run<TBody>(long count, int perBlock, TBody body)
        where TBody : struct, IBlockBody
    {
        var blocks = CountOf(count, perBlock);
        if (blocks <= 1 || WorkPool.ThreadCount == 1)
        {
            for (var block = 0; block < blocks; block++)
                RunOne(body, block, count, perBlock);
            return;
        }

        WorkPool.Run(blocks, (block, _) => RunOne(body, block, count, perBlock));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunOne<TBody>(TBody body, int block, long count, int perBlock)
        where TBody : struct, IBlockBody
    {
        var first = (long)block * perBlock;
        var size = (int)Math.Min(perBlock, count - first);
        if (Vector512.IsHardwareAccelerated)
            body.Run<Lanes512>(block, first, size);
        else if (Vector256.IsHardwareAccelerated)
            body.Run<Lanes256>(block, first, size);
        else
            body.Run<Lanes128>(block, first, size);
    }
}
