using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// <c>x * rsqrt(mean(x^2) + epsilon) * (weight + offset)</c> over the last dimension (arXiv 1910.07467). Keeps x and a number a row.
/// </summary>
internal sealed class RmsNorm : Primitive
{
    private readonly double _epsilon;
    private readonly double _offset;
    private Kept _x = null!;
    private Kept _weight = null!;
    private Kept _inverse = null!;

    private RmsNorm(double epsilon, double offset) => (_epsilon, _offset) = (epsilon, offset);

    protected override bool CanRebuild => true;

    public static Tensor Apply(Tensor x, Tensor weight, double epsilon, double offset)
    {
        using var counted = Counters.Enter(nameof(RmsNorm));
        Form.Require(
            x.Shape.Length > 0 && weight.Shape.AsSpan().SequenceEqual([x.Shape[^1]]),
            nameof(RmsNorm),
            "weight must be as long as the last dimension of x",
            x,
            weight
        );
        var (result, inverse) = Forward(x, weight, epsilon, offset);
        if (!IsWanted(x, weight))
            return result;
        var primitive = new RmsNorm(epsilon, offset);
        (primitive._x, primitive._weight, primitive._inverse) = (primitive.Keep(x), primitive.Keep(weight), primitive.Keep(inverse));
        return primitive.Record(result, x, weight);
    }

    protected override Tensor Rebuild() => Forward(_x.Value, _weight.Value, _epsilon, _offset).Result;

    protected override unsafe void Backward(Tensor upstream)
    {
        var (x, weight, inverse) = (_x.Value, _weight.Value, _inverse.Value);
        var width = (int)x.Shape[^1];
        var rows = x.ElementCount / width;
        if (!Form.IsFused(x, weight) || (Needs(1) && weight.DType != DType.Float32))
        {
            var (wide, dy, w) = (Form.Wide(x), Form.Wide(upstream), Form.Vector(weight, x));
            var normed = Aten.Multiply(wide, inverse);
            if (Needs(1))
                SendSum(1, Aten.Multiply(dy, normed), weight);
            if (!Needs(0))
                return;
            var scaled = Aten.Multiply(dy, Aten.Add(w, _offset));
            var projection = Aten.Mean(Aten.Multiply(scaled, normed), -1, keep: true);
            Send(0, Form.Narrow(Aten.Multiply(Aten.Subtract(scaled, Aten.Multiply(normed, projection)), inverse), x.DType));
            return;
        }

        var gradient = Tensor.Make(x.DType, x.Device, x.Shape);
        using var vector = Form.Vector(weight, x).Hold();
        void Run(Tensor? target)
        {
            var sums = target is null ? null : target.Floats;
            if (x.DType == DType.Float32)
                NormKernels.RmsNormBackward(
                    x.Floats,
                    vector.Floats,
                    (float)_offset,
                    inverse.Floats,
                    upstream.Floats,
                    gradient.Floats,
                    sums,
                    rows,
                    width
                );
            else
                NormKernels.RmsNormBackward(
                    x.Bfloats,
                    vector.Floats,
                    (float)_offset,
                    inverse.Floats,
                    upstream.Bfloats,
                    gradient.Bfloats,
                    sums,
                    rows,
                    width
                );
        }

        if (Needs(1))
        {
            SendInPlace(
                1,
                weight,
                (target, add) =>
                {
                    if (!add)
                        target.Fill(0);
                    Run(target);
                }
            );
        }
        else
        {
            Run(null);
        }

        if (Needs(0))
            Send(0, gradient);
    }

    /// <summary>The result, and the row's factor <c>rsqrt(mean(x^2) + epsilon)</c> [..., 1].</summary>
    private static unsafe (Tensor Result, Tensor Inverse) Forward(Tensor x, Tensor weight, double epsilon, double offset)
    {
        long[] rowShape = [.. x.Shape[..^1], 1];
        if (!Form.IsFused(x, weight))
        {
            var wide = Form.Wide(x);
            var factor = Aten.Rsqrt(Aten.Add(Aten.Mean(Aten.Multiply(wide, wide), -1, keep: true), epsilon));
            var scaled = Aten.Multiply(Aten.Multiply(wide, factor), Aten.Add(Form.Vector(weight, x), offset));
            return (Form.Narrow(scaled, x.DType), factor);
        }

        var result = Tensor.Make(x.DType, x.Device, x.Shape);
        var inverse = Tensor.Make(DType.Float32, x.Device, rowShape);
        var (rows, width) = (inverse.ElementCount, (int)x.Shape[^1]);
        using var vector = Form.Vector(weight, x).Hold();
        if (x.DType == DType.Float32)
            NormKernels.RmsNorm(x.Floats, vector.Floats, (float)offset, (float)epsilon, result.Floats, inverse.Floats, rows, width);
        else
            NormKernels.RmsNorm(x.Bfloats, vector.Floats, (float)offset, (float)epsilon, result.Bfloats, inverse.Floats, rows, width);
        GC.KeepAlive(x);
        return (result, inverse);
    }
}
