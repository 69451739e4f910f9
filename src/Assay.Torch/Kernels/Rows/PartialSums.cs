using System.Runtime.InteropServices;

namespace Assay.Torch.Kernels.Rows;

/// <summary>A row of sums for each block of rows, added up in the order of the blocks: the same bits for any thread count.</summary>
internal sealed unsafe class PartialSums : IDisposable
{
    private readonly int blocks,
        width;

    public PartialSums(long rows, int width)
    {
        this.width = width;
        blocks = Blocks.CountOf(rows, Blocks.SummedRows);
        Data = (float*)NativeMemory.AllocZeroed((nuint)Math.Max(1, (long)blocks * width), sizeof(float));
    }

    /// <summary>[blocks, width], zeros to begin with.</summary>
    public float* Data { get; private set; }

    /// <summary>Adds the sum of all blocks to <paramref name="sum"/> [width].</summary>
    public void AddTo(float* sum)
    {
        for (var block = 1; block < blocks; block++)
            VectorKernels.AddInto(Data + (long)block * width, Data, width);
        if (blocks > 0)
            VectorKernels.AddInto(Data, sum, width);
    }

    public void Dispose()
    {
        NativeMemory.Free(Data);
        Data = null;
    }
}
