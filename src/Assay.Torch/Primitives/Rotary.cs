using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// Rotary positions in the halves form (arXiv 2104.09864, transformers' <c>rotate_half</c>) on the first dimensions of each head. A
/// rotation's backward is the rotation back, so that only the angles are kept.
/// </summary>
internal sealed class Rotary : Primitive
{
    private readonly int _headDimension;
    private Kept _cosine = null!;
    private Kept _sine = null!;

    private Rotary(int headDimension) => _headDimension = headDimension;

    public static Tensor Apply(Tensor x, Tensor cosine, Tensor sine, int headDimension)
    {
        using var counted = Counters.Enter(nameof(Rotary));
        Form.Require(
            x.Shape.Length == 2 && cosine.Shape.Length == 2,
            nameof(Rotary),
            "x and cos must have two dimensions",
            x,
            cosine,
            sine
        );
        Form.Require(cosine.Shape.AsSpan().SequenceEqual(sine.Shape), nameof(Rotary), "cos and sin must have one shape", x, cosine, sine);
        Form.Require(cosine.Shape[0] == x.Shape[0], nameof(Rotary), "cos and sin must have a row for each of x", x, cosine, sine);
        Form.Require(
            headDimension > 0 && x.Shape[1] % headDimension == 0,
            nameof(Rotary),
            $"the width must be a multiple of the head dimension {headDimension}",
            x,
            cosine,
            sine
        );
        Form.Require(
            2 * cosine.Shape[1] <= headDimension,
            nameof(Rotary),
            $"{cosine.Shape[1]} angles are more than half the head dimension {headDimension}",
            x,
            cosine,
            sine
        );
        var result = Rotate(x, cosine, sine, headDimension, inverse: false);
        if (!IsWanted(x))
            return result;
        var primitive = new Rotary(headDimension);
        (primitive._cosine, primitive._sine) = (primitive.Keep(cosine), primitive.Keep(sine));
        return primitive.Record(result, x);
    }

    protected override void Backward(Tensor upstream) =>
        Send(0, Rotate(upstream, _cosine.Value, _sine.Value, _headDimension, inverse: true));

    private static unsafe Tensor Rotate(Tensor x, Tensor cosine, Tensor sine, int headDimension, bool inverse)
    {
        var (rows, half) = (x.Shape[0], (int)cosine.Shape[1]);
        var heads = (int)(x.Shape[1] / headDimension);
        if (!Form.IsFused(x, cosine, sine) || cosine.DType != DType.Float32)
            return Plain(x, cosine, sine, heads, headDimension, inverse);
        var result = Tensor.Make(x.DType, x.Device, x.Shape);
        if (x.DType == DType.Float32)
            RotaryKernels.Rotate(x.Floats, cosine.Floats, sine.Floats, result.Floats, rows, heads, headDimension, half, inverse);
        else
            RotaryKernels.Rotate(x.Bfloats, cosine.Floats, sine.Floats, result.Bfloats, rows, heads, headDimension, half, inverse);
        GC.KeepAlive(x);
        return result;
    }

    private static Tensor Plain(Tensor x, Tensor cosine, Tensor sine, int heads, int headDimension, bool inverse)
    {
        var (rows, half) = (x.Shape[0], cosine.Shape[1]);
        var split = Form.Wide(x).View(0, rows, heads, headDimension);
        var (first, second) = (Aten.NarrowCopy(split, 2, 0, half), Aten.NarrowCopy(split, 2, half, half));
        var (c, s) = (Form.Vector(cosine, x).View(0, rows, 1, half), Form.Vector(sine, x).View(0, rows, 1, half));
        if (inverse)
            s = Aten.Multiply(s, -1);
        var parts = new List<Tensor>
        {
            Aten.Subtract(Aten.Multiply(first, c), Aten.Multiply(second, s)),
            Aten.Add(Aten.Multiply(second, c), Aten.Multiply(first, s)),
        };
        if (2 * half < headDimension)
            parts.Add(Aten.NarrowCopy(split, 2, 2 * half, headDimension - (2 * half)));
        return Form.Narrow(Aten.Cat([.. parts], 2).View(0, x.Shape), x.DType);
    }
}
