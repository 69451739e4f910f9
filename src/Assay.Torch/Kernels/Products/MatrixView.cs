namespace Assay.Torch.Kernels.Products;

/// <summary>
/// A matrix of floats that lies somewhere: element (i, j) at <c>i * RowStride + j * ColumnStride</c>, one of the strides being 1.
/// </summary>
internal readonly unsafe struct MatrixView
{
    public readonly float* Data;
    public readonly int Rows;
    public readonly int Columns;
    public readonly long RowStride;
    public readonly long ColumnStride;

    public MatrixView(float* data, int rows, int columns, long rowStride, long columnStride)
    {
        if (rowStride != 1 && columnStride != 1)
        {
            throw new ArgumentException(
                $"A product takes a matrix whose rows or columns are contiguous, and this one has strides {rowStride} and {columnStride}."
            );
        }

        Data = data;
        (Rows, Columns, RowStride, ColumnStride) = (rows, columns, rowStride, columnStride);
    }

    public MatrixView(float* data, int rows, int columns)
        : this(data, rows, columns, columns, 1) { }

    /// <summary>The same memory, rows and columns exchanged.</summary>
    public MatrixView Transposed => new(Data, Columns, Rows, ColumnStride, RowStride);

    public float* At(long row, long column) => Data + (row * RowStride) + (column * ColumnStride);
}
