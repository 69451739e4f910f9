using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>The same elements under another shape, in the same memory.</summary>
internal sealed class Reshape : Primitive
{
    private readonly long[] _shape;

    private Reshape(long[] shape) => _shape = shape;

    public static Tensor Apply(Tensor x, ReadOnlySpan<long> shape)
    {
        var wanted = shape.ToArray();
        if (wanted.IndexOf(-1) is >= 0 and var open)
        {
            wanted[open] = 1;
            var others = Tensor.Product(wanted);
            wanted[open] = others == 0 ? 0 : x.ElementCount / others;
        }

        Form.Require(
            Tensor.Product(wanted) == x.ElementCount,
            nameof(Reshape),
            $"[{string.Join(", ", shape.ToArray())}] has another number of elements",
            x
        );
        var result = x.View(0, wanted);
        return IsWanted(x) ? new Reshape(x.Shape).Record(result, x) : result;
    }

    protected override void Backward(Tensor upstream) => Send(0, upstream.View(0, _shape));
}

/// <summary>A matrix's rows and columns exchanged, copied.</summary>
internal sealed class Transpose : Primitive
{
    public static Tensor Apply(Tensor x)
    {
        Form.Require(x.Shape.Length == 2, nameof(Transpose), "a matrix has two dimensions", x);
        var result = Aten.Permute(x, 1, 0);
        return IsWanted(x) ? new Transpose().Record(result, x) : result;
    }

    protected override void Backward(Tensor upstream) => Send(0, Aten.Permute(upstream, 1, 0));
}

/// <summary>Some entries of a dimension: a view where they lie together, else a copy.</summary>
internal sealed class Narrow : Primitive
{
    private readonly long[] _shape;
    private readonly int _dimension;
    private readonly long _start;

    private Narrow(long[] shape, int dimension, long start) => (_shape, _dimension, _start) = (shape, dimension, start);

    public static Tensor Apply(Tensor x, int dimension, long start, long length)
    {
        Form.Require(
            dimension >= 0 && dimension < x.Shape.Length && start >= 0 && length >= 0 && start + length <= x.Shape[dimension],
            nameof(Narrow),
            $"there are no {length} entries from {start} in dimension {dimension}",
            x
        );
        long[] shape = [.. x.Shape];
        shape[dimension] = length;
        var result = dimension == 0 ? x.View(start * Tensor.Product(shape.AsSpan(1)), shape) : Aten.NarrowCopy(x, dimension, start, length);
        return IsWanted(x) ? new Narrow(x.Shape, dimension, start).Record(result, x) : result;
    }

    protected override void Backward(Tensor upstream)
    {
        long[] before = [.. _shape],
            after = [.. _shape];
        before[_dimension] = _start;
        after[_dimension] = _shape[_dimension] - _start - upstream.Shape[_dimension];
        Send(
            0,
            Aten.Cat(
                [Tensor.Zeros(upstream.DType, upstream.Device, before), upstream, Tensor.Zeros(upstream.DType, upstream.Device, after)],
                _dimension
            )
        );
    }
}

/// <summary>Tensors one after another along a dimension.</summary>
internal sealed class Cat : Primitive
{
    private readonly int _dimension;
    private readonly long[] _lengths;

    private Cat(int dimension, long[] lengths) => (_dimension, _lengths) = (dimension, lengths);

    public static Tensor Apply(int dimension, IReadOnlyList<Tensor> tensors)
    {
        Tensor[] all = [.. tensors];
        var result = Aten.Cat(all, dimension);
        return IsWanted(all) ? new Cat(dimension, [.. all.Select(tensor => tensor.Shape[dimension])]).Record(result, all) : result;
    }

    protected override void Backward(Tensor upstream)
    {
        var start = 0L;
        for (var i = 0; i < _lengths.Length; start += _lengths[i], i++)
            if (Needs(i))
                Send(i, Aten.NarrowCopy(upstream, _dimension, start, _lengths[i]));
    }
}

/// <summary>Another floating type.</summary>
internal sealed class Cast : Primitive
{
    private readonly DType _before;

    private Cast(DType before) => _before = before;

    public static Tensor Apply(Tensor x, DType dtype)
    {
        var result = Aten.Cast(x, dtype);
        return dtype.IsFloating() && IsWanted(x) ? new Cast(x.DType).Record(result, x) : result;
    }

    protected override void Backward(Tensor upstream) => Send(0, Aten.Cast(upstream, _before));
}
