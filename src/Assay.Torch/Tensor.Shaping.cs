using Assay.Torch.Primitives;

namespace Assay.Torch;

public sealed partial class Tensor
{
    /// <summary>The same elements in another shape, sharing memory; one size may be -1.</summary>
    public Tensor Reshape(params ReadOnlySpan<long> shape) => Primitives.Reshape.Apply(this, shape);

    /// <summary>A matrix's rows and columns exchanged, copied.</summary>
    public Tensor Transpose() => Primitives.Transpose.Apply(this);

    /// <summary>
    /// <paramref name="length"/> entries of a dimension from <paramref name="start"/>: shared memory along dimension 0, else a copy.
    /// </summary>
    public Tensor Narrow(int dimension, long start, long length) => Primitives.Narrow.Apply(this, dimension, start, length);

    /// <summary>The rows of a matrix at these indices, copied.</summary>
    public Tensor SelectRows(params ReadOnlySpan<int> rows) => RowSelection.Apply(this, rows);

    /// <summary>The tensors one after another along a dimension.</summary>
    public static Tensor Cat(int dimension, params IReadOnlyList<Tensor> tensors) => Primitives.Cat.Apply(dimension, tensors);

    /// <summary>New elements of the same shape, dtype and device, of unknown content.</summary>
    internal Tensor Like() => Make(DType, Device, Shape);
}
