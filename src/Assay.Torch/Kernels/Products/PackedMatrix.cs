namespace Assay.Torch.Kernels.Products;

/// <summary>
/// The right operand of a product in the order its kernels read: for each block of the summed index, panels of as many columns as a
/// kernel's block is wide, the last one filled up with zeros.
/// </summary>
internal static unsafe class PackedMatrix
{
    /// <summary>How many floats the panels of a matrix take.</summary>
    public static long SizeOf(int rows, int columns) => (long)rows * PanelCount(columns) * MicroKernelSet.Best.Columns;

    public static int PanelCount(int columns) => (columns + MicroKernelSet.Best.Columns - 1) / MicroKernelSet.Best.Columns;

    /// <summary>
    /// Where the panel begins that holds rows [<paramref name="row"/>, row + <paramref name="depth"/>), a block of the summed index.
    /// </summary>
    public static float* Panel(float* data, int columns, int row, int depth, int panel) =>
        data + (((long)row * PanelCount(columns)) + ((long)panel * depth)) * MicroKernelSet.Best.Columns;

    /// <summary>
    /// Packs on all threads: where rows are contiguous some rows a task, else some panels, so that memory is read in its order.
    /// </summary>
    public static void Pack(MatrixView matrix, float* data)
    {
        const int taskRows = 32,
            rowsAtATime = 8;
        var width = MicroKernelSet.Best.Columns;
        var panels = PanelCount(matrix.Columns);
        if (matrix.ColumnStride == 1)
        {
            WorkPool.Run(
                (matrix.Rows + taskRows - 1) / taskRows,
                (task, _) =>
                {
                    var last = Math.Min(matrix.Rows, (task + 1) * taskRows);
                    foreach (var (start, depth) in new DepthBlocks(matrix.Rows))
                    {
                        var until = Math.Min(last, start + depth);
                        for (var row = Math.Max(task * taskRows, start); row < until; row += rowsAtATime)
                        {
                            for (var panel = 0; panel < panels; panel++)
                            {
                                var to = Panel(data, matrix.Columns, start, depth, panel) + ((row - start) * width);
                                var columns = Math.Min(width, matrix.Columns - (panel * width));
                                Packing.Copy(
                                    matrix.At(row, panel * width),
                                    matrix.RowStride,
                                    Math.Min(rowsAtATime, until - row),
                                    columns,
                                    width,
                                    to,
                                    width
                                );
                            }
                        }
                    }
                }
            );
            return;
        }

        var each = Math.Clamp((int)(16384 / Math.Max(1, (long)matrix.Rows * width)), 1, Math.Max(1, panels));
        WorkPool.Run(
            (panels + each - 1) / each,
            (task, _) =>
            {
                for (var panel = task * each; panel < Math.Min(panels, (task + 1) * each); panel++)
                {
                    foreach (var (start, depth) in new DepthBlocks(matrix.Rows))
                    {
                        var columns = Math.Min(width, matrix.Columns - (panel * width));
                        var to = Panel(data, matrix.Columns, start, depth, panel);
                        Packing.Transpose(matrix.At(start, panel * width), matrix.ColumnStride, columns, depth, width, to, width);
                    }
                }
            }
        );
    }
}
