using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Assay.Torch.Kernels.Products;

/// <summary>
/// A block of a product held in registers: <c>c[i, j] (=|+=) sum over p of a[p, i] * b[p, j]</c>, both operands with the summed index
/// outermost, rows p at a stride. Every kernel adds in the order of p, so which of them computes an element does not change its bits.
/// </summary>
/// <param name="rows">Rows of the large block.</param>
/// <param name="fewRows">Rows of the small block; divides <paramref name="rows"/>.</param>
/// <param name="lanes">Floats of a vector: columns of the narrow block; the wide one has twice as many.</param>
internal readonly unsafe struct MicroKernelSet(
    int rows,
    int fewRows,
    int lanes,
    delegate* <float*, nint, float*, nint, nint, float*, nint, bool, void> full,
    delegate* <float*, nint, float*, nint, nint, float*, nint, bool, void> fullHalf,
    delegate* <float*, nint, float*, nint, nint, float*, nint, bool, void> few,
    delegate* <float*, nint, float*, nint, nint, float*, nint, bool, void> fewHalf
)
{
    /// <summary>
    /// The widest set this machine runs. Decided by what the processor has, not by what .NET prefers: it prefers 256 bits on some that have
    /// 512.
    /// </summary>
    public static readonly MicroKernelSet Best =
        Avx512F.IsSupported ? MicroKernel512.Set
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? MicroKernel256.Set
        : MicroKernel128.Set;

    public readonly int Rows = rows;
    public readonly int FewRows = fewRows;
    public readonly int Lanes = lanes;
    public readonly int Columns = 2 * lanes;

    /// <summary>Rows or columns rounded up to what <see cref="Multiply"/> takes.</summary>
    public int PadRows(int count) => (count + FewRows - 1) / FewRows * FewRows;

    /// <inheritdoc cref="PadRows"/>
    public int PadColumns(int count) => (count + Lanes - 1) / Lanes * Lanes;

    /// <summary>
    /// The product of one panel pair: at most <see cref="Rows"/> by <see cref="Columns"/>, in multiples of <see cref="FewRows"/> and <see
    /// cref="Lanes"/>.
    /// </summary>
    public void Block(
        float* a,
        nint aStride,
        float* b,
        nint bStride,
        nint depth,
        float* c,
        nint cStride,
        int rows,
        int columns,
        bool accumulate
    )
    {
        if (rows == Rows)
        {
            (columns == Columns ? full : fullHalf)(a, aStride, b, bStride, depth, c, cStride, accumulate);
            return;
        }

        var kernel = columns == Columns ? few : fewHalf;
        for (var row = 0; row < rows; row += FewRows)
        {
            kernel(a + row, aStride, b, bStride, depth, c + (row * cStride), cStride, accumulate);
        }
    }

    /// <summary>
    /// A product that fits the cache. Rows and columns must be padded: memory behind the operands' last ones is read, and behind c's
    /// written.
    /// </summary>
    public void Multiply(
        float* a,
        nint aStride,
        float* b,
        nint bStride,
        nint depth,
        float* c,
        nint cStride,
        int rows,
        int columns,
        bool accumulate
    )
    {
        for (var column = 0; column < columns; column += Columns)
        {
            for (var row = 0; row < rows; row += Rows)
            {
                Block(
                    a + row,
                    aStride,
                    b + column,
                    bStride,
                    depth,
                    c + (row * cStride) + column,
                    cStride,
                    Math.Min(Rows, rows - row),
                    Math.Min(Columns, columns - column),
                    accumulate
                );
            }
        }
    }
}
