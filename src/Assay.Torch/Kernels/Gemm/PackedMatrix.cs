namespace Assay.Torch.Kernels;

/// <summary>
/// The right operand of a product in the order its kernels read: for each block of the summed index, panels of as many columns as a kernel's block is
/// wide, the last one filled up with zeros. Made once for weights that stay the same while scoring. Owns its memory.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    private float* _data;

    public PackedMatrix(MatrixView matrix)
    {
        (Rows, Columns) = (matrix.Rows, matrix.Columns);
        _data = (float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc((nuint)(SizeOf(Rows, Columns) * sizeof(float)), 64);
        Pack(matrix, _data);
    }

    ~PackedMatrix() => Free();

    public int Rows { get; }

    public int Columns { get; }

    public float* Data => _data is not null ? _data : throw new ObjectDisposedException(nameof(PackedMatrix));

    /// <summary>How many floats the panels of a matrix take.</summary>
    public static long SizeOf(int rows, int columns) => (long)rows * PanelCount(columns) * MicroKernelSet.Best.Columns;

    public static int PanelCount(int columns) => (columns + MicroKernelSet.Best.Columns - 1) / MicroKernelSet.Best.Columns;

    /// <summary>Where the panel begins that holds rows [<paramref name="row"/>, row + <paramref name="depth"/>), a block of the summed index.</summary>
    public static float* Panel(float* data, int columns, int row, int depth, int panel) =>
        data + (((long)row * PanelCount(columns)) + ((long)panel * depth)) * MicroKernelSet.Best.Columns;

    /// <summary>Packs on all threads.</summary>
    public static void Pack(MatrixView matrix, float* data)
    {
        // Some panels a task: one has too little work when the matrix is low.
        var panels = PanelCount(matrix.Columns);
        var each = Math.Clamp((int)(16384 / Math.Max(1, (long)matrix.Rows * MicroKernelSet.Best.Columns)), 1, panels);
        WorkPool.Run((panels + each - 1) / each, (task, _) =>
        {
            for (var panel = task * each; panel < Math.Min(panels, (task + 1) * each); panel++)
            {
                PackPanel(matrix, panel, data);
            }
        });
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static void PackPanel(MatrixView matrix, int panel, float* data)
    {
        var width = MicroKernelSet.Best.Columns;
        var column = panel * width;
        var columns = Math.Min(width, matrix.Columns - column);
        foreach (var (row, depth) in new DepthBlocks(matrix.Rows))
        {
            var to = Panel(data, matrix.Columns, row, depth, panel);
            var from = matrix.At(row, column);
            if (matrix.ColumnStride == 1)
            {
                Packing.Copy(from, matrix.RowStride, depth, columns, width, to, width);
            }
            else
            {
                Packing.Transpose(from, matrix.ColumnStride, columns, depth, width, to, width);
            }
        }
    }

    private void Free()
    {
        System.Runtime.InteropServices.NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
