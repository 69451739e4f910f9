using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>Sums along dimensions, which go.</summary>
internal sealed class Sum : Primitive
{
    private readonly long[] _shape;
    private readonly long[] _kept;

    private Sum(long[] shape, long[] kept) => (_shape, _kept) = (shape, kept);

    /// <param name="x">Any shape.</param>
    /// <param name="dimensions">From 0; none means all.</param>
    public static Tensor Apply(Tensor x, params long[] dimensions)
    {
        if (dimensions.Length == 0)
            dimensions = [.. Enumerable.Range(0, x.Shape.Length).Select(i => (long)i)];
        var result = Aten.Sum(x, dimensions, keep: false);
        if (!IsWanted(x))
            return result;
        long[] kept = [.. x.Shape];
        foreach (var dimension in dimensions)
            kept[dimension] = 1;
        return new Sum(x.Shape, kept).Record(result, x);
    }

    protected override void Backward(Tensor upstream) => Send(0, Aten.Expand(upstream.View(0, _kept), _shape));
}
