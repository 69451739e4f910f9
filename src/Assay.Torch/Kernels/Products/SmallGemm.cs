using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Assay.Torch.Kernels.Products;

/// <summary>
/// Products so low or so narrow that packing the large operand would take longer than the product: it is read where it lies. Either along
/// its rows with the micro-kernels, or by dot products where the summed index is contiguous.
/// </summary>
internal static unsafe class SmallGemm
{
    /// <summary>Up to this many rows packing costs more than it brings.</summary>
    private const int FewRows = 16;

    /// <summary>A result this narrow would leave most of a kernel's columns empty.</summary>
    private const int FewColumns = 7;

    private const int TaskElements = 1 << 15;

    public static bool Takes(MatrixView a, MatrixView b) => a.Rows <= FewRows || (b.Columns <= FewColumns && a.ColumnStride == 1);

    public static void Multiply(MatrixView a, MatrixView b, Target target)
    {
        if (b.ColumnStride == 1 && b.Columns > FewColumns)
        {
            AlongRows(a, b, target);
            return;
        }

        // Both operands as rows of contiguous values; copying the smaller one costs nothing beside reading the larger.
        var (left, right) = (a, b.Transposed);
        var copyLeft = left.ColumnStride != 1;
        var copyRight = right.ColumnStride != 1;
        var memory = Scratch.Take(Scratch.Use.RightOperand, ((copyLeft ? left.Rows : 0) + (copyRight ? right.Rows : 0)) * (long)a.Columns);
        left = copyLeft ? Contiguous(left, memory) : left;
        right = copyRight ? Contiguous(right, memory + (copyLeft ? (long)left.Rows * a.Columns : 0)) : right;
        Dots(left, right, target);
    }

    private static MatrixView Contiguous(MatrixView matrix, float* memory)
    {
        Packing.Transpose(matrix.Data, matrix.ColumnStride, matrix.Columns, matrix.Rows, matrix.Columns, memory, matrix.Columns);
        return new(memory, matrix.Rows, matrix.Columns);
    }

    /// <summary>The left operand is packed, of the right one the rows are read as they lie.</summary>
    private static void AlongRows(MatrixView a, MatrixView b, Target target)
    {
        var kernels = MicroKernelSet.Best;
        var (depth, rows) = (a.Columns, kernels.PadRows(a.Rows));
        var left = Scratch.Take(Scratch.Use.RightOperand, (long)depth * rows);
        if (a.ColumnStride == 1)
        {
            Packing.Transpose(a.Data, a.RowStride, a.Rows, depth, rows, left, rows);
        }
        else
        {
            Packing.Copy(a.Data, a.ColumnStride, depth, a.Rows, rows, left, rows);
        }

        var panels = (b.Columns + kernels.Columns - 1) / kernels.Columns;
        var each = Math.Max(1, TaskElements / depth / kernels.Columns);
        WorkPool.Run(
            (panels + each - 1) / each,
            (task, _) =>
            {
                for (var panel = task * each; panel < Math.Min(panels, (task + 1) * each); panel++)
                {
                    Panel(left, rows, a.Rows, b, panel * kernels.Columns, target);
                }
            }
        );
    }

    private static void Panel(float* left, int paddedRows, int rows, MatrixView b, int column, Target target)
    {
        var kernels = MicroKernelSet.Best;
        var columns = Math.Min(kernels.Columns, b.Columns - column);
        var (right, rightStride, width) = ((nint)b.At(0, column), b.RowStride, kernels.PadColumns(columns));
        if (width != columns)
        {
            // Behind the last column there may be no memory to read.
            var copy = Scratch.Take(Scratch.Use.LeftOperand, (long)b.Rows * width);
            Packing.Copy((float*)right, rightStride, b.Rows, columns, width, copy, width);
            (right, rightStride) = ((nint)copy, width);
        }

        var block = stackalloc float[(FewRows + kernels.Rows) * kernels.Columns];
        kernels.Multiply(left, paddedRows, (float*)right, (nint)rightStride, b.Rows, block, kernels.Columns, paddedRows, width, false);
        var part = target.From(0, column);
        part.Take(block, kernels.Columns, rows, columns, target.Accumulate);
        part.AddExtras(rows, columns);
    }

    /// <summary>Rows of <paramref name="a"/> [m, k] by rows of <paramref name="b"/> [n, k], four by four.</summary>
    private static void Dots(MatrixView a, MatrixView b, Target target)
    {
        // A task is some rows of the larger operand; the other one stays in the cache.
        var tall = a.Rows > b.Rows;
        var count = tall ? a.Rows : b.Rows;
        var each = Math.Max(4, TaskElements / a.Columns / 4 * 4);
        WorkPool.Run(
            (count + each - 1) / each,
            (task, _) =>
            {
                var (first, last) = (task * each, Math.Min(count, (task + 1) * each));
                var (firstRow, lastRow, firstColumn, lastColumn) = tall ? (first, last, 0, b.Rows) : (0, a.Rows, first, last);
                var block = stackalloc float[16];
                for (var column = firstColumn; column < lastColumn; column += 4)
                {
                    for (var row = firstRow; row < lastRow; row += 4)
                    {
                        var (rows, columns) = (Math.Min(4, lastRow - row), Math.Min(4, lastColumn - column));
                        if (rows == 1)
                        {
                            DotRow(a.At(row, 0), b.At(column, 0), b.RowStride, columns, a.Columns, block);
                        }
                        else
                        {
                            DotBlock(a.At(row, 0), a.RowStride, rows, b.At(column, 0), b.RowStride, columns, a.Columns, block);
                        }

                        var part = target.From(row, column);
                        part.Take(block, 4, rows, columns, target.Accumulate);
                        part.AddExtras(rows, columns);
                    }
                }
            }
        );
    }

    /// <summary>
    /// block[i, j] = dot(a row i, b row j) in four by four; where there are fewer rows, the last one stands for the missing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DotBlock(float* a, long aStride, int rows, float* b, long bStride, int columns, int depth, float* block)
    {
        for (var row = 0; row < rows; row += 2)
        {
            var a0 = a + (row * aStride);
            var a1 = a + (Math.Min(row + 1, rows - 1) * aStride);
            var (b1, b2, b3) = (Math.Min(1, columns - 1) * bStride, Math.Min(2, columns - 1) * bStride, Math.Min(3, columns - 1) * bStride);
            var c00 = Vector256<float>.Zero;
            var c01 = Vector256<float>.Zero;
            var c02 = Vector256<float>.Zero;
            var c03 = Vector256<float>.Zero;
            var c10 = Vector256<float>.Zero;
            var c11 = Vector256<float>.Zero;
            var c12 = Vector256<float>.Zero;
            var c13 = Vector256<float>.Zero;
            var i = 0;
            for (; i + 8 <= depth; i += 8)
            {
                var x = Vector256.Load(a0 + i);
                var y = Vector256.Load(a1 + i);
                var z = Vector256.Load(b + i);
                c00 = Vector256.MultiplyAddEstimate(x, z, c00);
                c10 = Vector256.MultiplyAddEstimate(y, z, c10);
                z = Vector256.Load(b + b1 + i);
                c01 = Vector256.MultiplyAddEstimate(x, z, c01);
                c11 = Vector256.MultiplyAddEstimate(y, z, c11);
                z = Vector256.Load(b + b2 + i);
                c02 = Vector256.MultiplyAddEstimate(x, z, c02);
                c12 = Vector256.MultiplyAddEstimate(y, z, c12);
                z = Vector256.Load(b + b3 + i);
                c03 = Vector256.MultiplyAddEstimate(x, z, c03);
                c13 = Vector256.MultiplyAddEstimate(y, z, c13);
            }

            var line = block + (row * 4);
            (line[0], line[1], line[2], line[3]) = (Vector256.Sum(c00), Vector256.Sum(c01), Vector256.Sum(c02), Vector256.Sum(c03));
            (line[4], line[5], line[6], line[7]) = (Vector256.Sum(c10), Vector256.Sum(c11), Vector256.Sum(c12), Vector256.Sum(c13));
            for (; i < depth; i++)
            {
                line[0] += a0[i] * b[i];
                line[1] += a0[i] * b[b1 + i];
                line[2] += a0[i] * b[b2 + i];
                line[3] += a0[i] * b[b3 + i];
                line[4] += a1[i] * b[i];
                line[5] += a1[i] * b[b1 + i];
                line[6] += a1[i] * b[b2 + i];
                line[7] += a1[i] * b[b3 + i];
            }
        }
    }

    /// <summary>One row: bound by reading b, so each of its rows gets two sums to hide the latency.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DotRow(float* a, float* b, long bStride, int columns, int depth, float* block)
    {
        for (var column = 0; column < columns; column++, b += bStride)
        {
            var c0 = Vector256<float>.Zero;
            var c1 = Vector256<float>.Zero;
            var c2 = Vector256<float>.Zero;
            var c3 = Vector256<float>.Zero;
            var i = 0;
            for (; i + 32 <= depth; i += 32)
            {
                c0 = Vector256.MultiplyAddEstimate(Vector256.Load(a + i), Vector256.Load(b + i), c0);
                c1 = Vector256.MultiplyAddEstimate(Vector256.Load(a + i + 8), Vector256.Load(b + i + 8), c1);
                c2 = Vector256.MultiplyAddEstimate(Vector256.Load(a + i + 16), Vector256.Load(b + i + 16), c2);
                c3 = Vector256.MultiplyAddEstimate(Vector256.Load(a + i + 24), Vector256.Load(b + i + 24), c3);
            }

            var sum = Vector256.Sum((c0 + c1) + (c2 + c3));
            for (; i < depth; i++)
            {
                sum += a[i] * b[i];
            }

            block[column] = sum;
        }
    }
}
