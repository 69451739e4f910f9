using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary><c>x * factor + shift</c> with numbers.</summary>
internal sealed class Affine : Primitive
{
    private readonly double _factor;

    private Affine(double factor) => _factor = factor;

    public static Tensor Apply(Tensor x, double factor, double shift)
    {
        var scaled = factor == 1 ? x : Aten.Multiply(x, factor);
        var result = shift == 0 ? scaled.View(0, x.Shape) : Aten.Add(scaled, shift);
        return IsWanted(x) ? new Affine(factor).Record(result, x) : result;
    }

    protected override void Backward(Tensor upstream) =>
        Send(0, _factor == 1 ? upstream.View(0, upstream.Shape) : Aten.Multiply(upstream, _factor));
}
