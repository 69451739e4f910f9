namespace Assay.Torch.Kernels.Products;

/// <summary>
/// Products of fp32 matrices on the CPU: <c>c (=|+=) a b + bias + residual</c>. The right operand is packed into panels once, by all
/// threads; then each task packs some rows of the left one into its own cache and computes their part of the result, after Goto and van de
/// Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008). The bits do not depend on the number of threads: an element is
/// computed by one task, in an order that follows from the sizes alone.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>Rows of a task at most: with the longest block of the summed index a quarter of a megabyte, for a cache of one.</summary>
    private const int TaskRows = 96;

    /// <summary>Columns of a task are not cut below this: its rows are packed anew for each.</summary>
    private const int FewestTaskColumns = 256;

    /// <summary>Floats of the right operand packed at a time, 16 MB; wider ones, such as a vocabulary's, go in pieces.</summary>
    private const long PackedAtATime = 4 << 20;

    /// <param name="a">[m, k]</param>
    /// <param name="b">[k, n]</param>
    /// <param name="c">[m, n], rows at a stride of <paramref name="cStride"/>; must not overlap the operands.</param>
    /// <param name="cStride">Of <paramref name="c"/> and <paramref name="residual"/>.</param>
    /// <param name="accumulate">Whether c is added to or overwritten.</param>
    /// <param name="bias">[n], added to each row, or null.</param>
    /// <param name="residual">[m, n], added, or null. May be c itself.</param>
    public static void Multiply(
        MatrixView a,
        MatrixView b,
        float* c,
        long cStride,
        bool accumulate = false,
        float* bias = null,
        float* residual = null
    )
    {
        Check(a, b.Rows, b.Columns, cStride);
        if (residual == c && c is not null)
        {
            accumulate = true;
            residual = null;
        }

        var target = new Target(c, cStride, accumulate, bias, residual);
        if (a.Rows == 0 || b.Columns == 0)
        {
            return;
        }

        if (a.Columns == 0)
        {
            target.AddNothing(a.Rows, b.Columns);
        }
        else if (SmallGemm.Takes(a, b))
        {
            SmallGemm.Multiply(a, b, target);
        }
        else
        {
            var step = (int)
                Math.Clamp(PackedAtATime / b.Rows / MicroKernelSet.Best.Columns * MicroKernelSet.Best.Columns, 1024, int.MaxValue / 2);
            for (var column = 0; column < b.Columns; column += step)
            {
                var part = new MatrixView(b.At(0, column), b.Rows, Math.Min(step, b.Columns - column), b.RowStride, b.ColumnStride);
                var packed = Scratch.Take(Scratch.Use.RightOperand, PackedMatrix.SizeOf(part.Rows, part.Columns));
                PackedMatrix.Pack(part, packed);
                Multiply(a, packed, part.Columns, target.From(0, column));
            }
        }
    }

    private static void Check(MatrixView a, int depth, int columns, long cStride)
    {
        if (a.Columns != depth)
        {
            throw new ArgumentException($"A product of [{a.Rows}, {a.Columns}] and [{depth}, {columns}]: the inner sizes differ.");
        }

        if (cStride < columns && a.Rows > 1)
        {
            throw new ArgumentException($"The result's rows have {columns} columns and lie {cStride} apart.");
        }
    }

    private static void Multiply(MatrixView a, float* b, int columns, Target target)
    {
        var (rowStep, columnStep) = TaskSize(a.Rows, columns, WorkPool.ThreadCount);
        var columnTasks = (columns + columnStep - 1) / columnStep;
        WorkPool.Run(
            (a.Rows + rowStep - 1) / rowStep * columnTasks,
            (task, _) =>
            {
                var (row, column) = (task / columnTasks * rowStep, task % columnTasks * columnStep);
                MultiplyBlock(a, row, Math.Min(rowStep, a.Rows - row), b, columns, column, Math.Min(columnStep, columns - column), target);
            }
        );
    }

    /// <summary>
    /// Four tasks a thread where there is enough work: threads are held up by other processes, and the last task decides.
    /// </summary>
    private static (int Rows, int Columns) TaskSize(int rows, int columns, int threads)
    {
        var (rowBlock, columnBlock) = (MicroKernelSet.Best.Rows, MicroKernelSet.Best.Columns);
        var taskRows = Math.Min(TaskRows, (rows + rowBlock - 1) / rowBlock * rowBlock);
        var taskColumns = (columns + columnBlock - 1) / columnBlock * columnBlock;
        while (threads > 1 && (long)((rows + taskRows - 1) / taskRows) * ((columns + taskColumns - 1) / taskColumns) < 4L * threads)
        {
            if (taskColumns >= 2 * FewestTaskColumns)
            {
                taskColumns = ((taskColumns / 2) + columnBlock - 1) / columnBlock * columnBlock;
            }
            else if (taskRows > 2 * rowBlock)
            {
                taskRows = ((taskRows / 2) + rowBlock - 1) / rowBlock * rowBlock;
            }
            else
            {
                break;
            }
        }

        return (taskRows, taskColumns);
    }

    private static void MultiplyBlock(MatrixView a, int row, int rows, float* b, int allColumns, int column, int columns, Target target)
    {
        var kernels = MicroKernelSet.Best;
        var edge = stackalloc float[kernels.Rows * kernels.Columns];
        foreach (var (start, depth) in new DepthBlocks(a.Columns))
        {
            var left = PackRows(a, row, rows, start, depth);
            var accumulate = target.Accumulate || start > 0;
            var finish = start + depth == a.Columns && target.HasExtras;
            for (var j = 0; j < columns; j += kernels.Columns)
            {
                var right = PackedMatrix.Panel(b, allColumns, start, depth, (column + j) / kernels.Columns);
                var width = Math.Min(kernels.Columns, columns - j);
                for (var i = 0; i < rows; i += kernels.Rows)
                {
                    var height = Math.Min(kernels.Rows, rows - i);
                    var part = target.From(row + i, column + j);
                    var (padHeight, padWidth) = (kernels.PadRows(height), kernels.PadColumns(width));
                    var panel = left + ((long)i * depth);
                    if (padHeight == height && padWidth == width)
                    {
                        kernels.Block(
                            panel,
                            kernels.Rows,
                            right,
                            kernels.Columns,
                            depth,
                            part.Data,
                            (nint)part.Stride,
                            height,
                            width,
                            accumulate
                        );
                    }
                    else
                    {
                        kernels.Block(
                            panel,
                            kernels.Rows,
                            right,
                            kernels.Columns,
                            depth,
                            edge,
                            kernels.Columns,
                            padHeight,
                            padWidth,
                            false
                        );
                        part.Take(edge, kernels.Columns, height, width, accumulate);
                    }

                    if (finish)
                    {
                        part.AddExtras(height, width);
                    }
                }
            }
        }
    }

    /// <summary>Panels of a kernel's rows, the summed index outermost, the last one filled up with zeros.</summary>
    private static float* PackRows(MatrixView a, int row, int rows, int start, int depth)
    {
        var height = MicroKernelSet.Best.Rows;
        var left = Scratch.Take(Scratch.Use.LeftOperand, (long)(TaskRows + height) * DepthBlocks.Longest);
        if (a.ColumnStride == 1)
        {
            for (var i = 0; i < rows; i += height)
            {
                Packing.Transpose(
                    a.At(row + i, start),
                    a.RowStride,
                    Math.Min(height, rows - i),
                    depth,
                    height,
                    left + ((long)i * depth),
                    height
                );
            }

            return left;
        }

        // Some steps of the summed index at a time, so that memory is read in its order.
        const int stepsAtATime = 8;
        for (var step = 0; step < depth; step += stepsAtATime)
        {
            for (var i = 0; i < rows; i += height)
            {
                var to = left + ((long)i * depth) + (step * height);
                Packing.Copy(
                    a.At(row + i, start + step),
                    a.ColumnStride,
                    Math.Min(stepsAtATime, depth - step),
                    Math.Min(height, rows - i),
                    height,
                    to,
                    height
                );
            }
        }

        return left;
    }
}
