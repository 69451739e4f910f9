using System.Numerics;
using System.Runtime.InteropServices;
using Assay.Torch;

namespace Assay.Models.Adapters;

/// <summary>
/// Adds scale * B A to a weight. Sums are in double and in one order, and rounded once to the weight's type, so that a merged weight has
/// the same bits on every machine: a model is known by the hash of its weights.
/// </summary>
internal static class LowRankMerge
{
    private const int ChunkElements = 1 << 21;

    /// <param name="target">[out, in], or [in, out]; on the host; changed in place.</param>
    /// <param name="a">[r, in]</param>
    /// <param name="b">[out, r]</param>
    /// <param name="scale">What B A is multiplied by.</param>
    /// <param name="isTransposed">Whether the weight stands [in, out].</param>
    public static void Add(Tensor target, Tensor a, Tensor b, double scale, bool isTransposed)
    {
        using var noGrad = new NoGrad();
        var rank = (int)a.Shape[0];
        // Row i of the target gets the sum over k of left[i, k] * right[k, ·].
        var (left, right) = isTransposed ? (Turned(a), Turned(b)) : (b.ToDoubles(), a.ToDoubles());
        var height = target.Shape[0];
        var width = (int)target.Shape[1];
        var rowsAtOnce = (int)Math.Clamp(ChunkElements / width, 1, height);
        for (var start = 0L; start < height; start += rowsAtOnce)
        {
            var rows = (int)Math.Min(rowsAtOnce, height - start);
            using var scope = new TensorScope();
            var part = target.Narrow(0, start, rows);
            var values = part.ToDoubles();
            Parallel.For(
                0,
                rows,
                row => AddRow(values.AsSpan(row * width, width), left.AsSpan((int)(start + row) * rank, rank), right, scale)
            );
            part.CopyFrom(Tensor.From(values, rows, width).To(target.DType));
        }
    }

    private static void AddRow(Span<double> row, ReadOnlySpan<double> left, ReadOnlySpan<double> right, double scale)
    {
        var sums = new double[row.Length];
        var sumVectors = MemoryMarshal.Cast<double, Vector<double>>(sums.AsSpan());
        var rest = sumVectors.Length * Vector<double>.Count;
        for (var k = 0; k < left.Length; k++)
        {
            var line = right.Slice(k * row.Length, row.Length);
            var factor = new Vector<double>(left[k]);
            var lineVectors = MemoryMarshal.Cast<double, Vector<double>>(line);
            for (var i = 0; i < sumVectors.Length; i++)
                sumVectors[i] += factor * lineVectors[i];
            for (var i = rest; i < sums.Length; i++)
                sums[i] += left[k] * line[i];
        }
        for (var i = 0; i < row.Length; i++)
            row[i] += scale * sums[i];
    }

    private static double[] Turned(Tensor matrix)
    {
        var (height, width) = ((int)matrix.Shape[0], (int)matrix.Shape[1]);
        var values = matrix.ToDoubles();
        var turned = new double[values.Length];
        for (var row = 0; row < height; row++)
        for (var column = 0; column < width; column++)
            turned[(column * height) + row] = values[(row * width) + column];
        return turned;
    }
}
