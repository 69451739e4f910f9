using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Assay.Torch.Kernels.Products;

/// <summary>Where a product goes, and what is added to it on the way.</summary>
internal readonly unsafe struct Target(float* data, long stride, bool accumulate, float* bias, float* residual)
{
    public readonly float* Data = data;
    public readonly long Stride = stride;
    public readonly bool Accumulate = accumulate;
    private readonly float* _bias = bias;
    private readonly float* _residual = residual;

    public bool HasExtras => _bias is not null || _residual is not null;

    public Target From(int row, int column)
    {
        var offset = (row * Stride) + column;
        return new(Data + offset, Stride, Accumulate, _bias is null ? null : _bias + column, _residual is null ? null : _residual + offset);
    }

    /// <summary>Bias and residual, once the sums are whole: the block still lies in the first cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddExtras(int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
        {
            var line = Data + (row * Stride);
            var residual = _residual is null ? null : _residual + (row * Stride);
            var column = 0;
            for (; column + 8 <= columns; column += 8)
            {
                var value = Vector256.Load(line + column);
                value = _bias is null ? value : value + Vector256.Load(_bias + column);
                value = residual is null ? value : value + Vector256.Load(residual + column);
                value.Store(line + column);
            }

            for (; column < columns; column++)
            {
                var value = _bias is null ? line[column] : line[column] + _bias[column];
                line[column] = residual is null ? value : value + residual[column];
            }
        }
    }

    /// <summary>Takes over a block computed elsewhere because it does not fill a kernel's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(float* block, int blockStride, int rows, int columns, bool accumulate)
    {
        for (var row = 0; row < rows; row++, block += blockStride)
        {
            var line = Data + (row * Stride);
            for (var column = 0; column < columns; column++)
            {
                line[column] = accumulate ? line[column] + block[column] : block[column];
            }
        }
    }

    /// <summary>The product over an empty inner size.</summary>
    public void AddNothing(int rows, int columns)
    {
        for (var row = 0; row < rows && !Accumulate; row++)
        {
            new Span<float>(Data + (row * Stride), columns).Clear();
        }

        AddExtras(rows, columns);
    }
}
