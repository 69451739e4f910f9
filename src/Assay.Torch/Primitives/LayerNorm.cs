using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// <c>(x - mean) / sqrt(variance + epsilon) * weight + bias</c> over the last dimension (arXiv 1607.06450). Keeps x and two numbers a row.
/// </summary>
internal sealed class LayerNorm : Primitive
{
    private readonly double _epsilon;
    private Kept _x = null!;
    private Kept _weight = null!;
    private Kept? _bias;
    private Kept _mean = null!;
    private Kept _inverse = null!;

    private LayerNorm(double epsilon) => _epsilon = epsilon;

    protected override bool CanRebuild => true;

    public static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, double epsilon)
    {
        using var counted = Counters.Enter(nameof(LayerNorm));
        foreach (var vector in (Tensor?[])[weight, bias])
        {
            Form.Require(
                vector is null || (x.Shape.Length > 0 && vector.Shape.AsSpan().SequenceEqual([x.Shape[^1]])),
                nameof(LayerNorm),
                "weight and bias must be as long as the last dimension of x",
                x,
                weight,
                bias
            );
        }

        var (result, mean, inverse) = Forward(x, weight, bias, epsilon);
        if (!IsWanted(x, weight, bias))
            return result;
        var primitive = new LayerNorm(epsilon);
        (primitive._x, primitive._weight, primitive._bias) = (
            primitive.Keep(x),
            primitive.Keep(weight),
            bias is null ? null : primitive.Keep(bias)
        );
        (primitive._mean, primitive._inverse) = (primitive.Keep(mean), primitive.Keep(inverse));
        return primitive.Record(result, x, weight, bias);
    }

    protected override Tensor Rebuild() => Forward(_x.Value, _weight.Value, _bias?.Value, _epsilon).Result;

    protected override unsafe void Backward(Tensor upstream)
    {
        var (x, weight, mean, inverse) = (_x.Value, _weight.Value, _mean.Value, _inverse.Value);
        var width = (int)x.Shape[^1];
        var rows = x.ElementCount / width;
        if (!Form.IsFused(x, weight, _bias?.Value) || weight.DType != DType.Float32)
        {
            var (dy, w) = (Form.Wide(upstream), Form.Vector(weight, x));
            var normed = Aten.Multiply(Aten.Subtract(Form.Wide(x), mean), inverse);
            if (Needs(1))
                SendSum(1, Aten.Multiply(dy, normed), weight);
            if (_bias is not null && Needs(2))
                SendSum(2, dy, _bias.Value);
            if (!Needs(0))
                return;
            var scaled = Aten.Multiply(dy, w);
            var centred = Aten.Subtract(scaled, Aten.Mean(scaled, -1, keep: true));
            var projection = Aten.Mean(Aten.Multiply(scaled, normed), -1, keep: true);
            Send(0, Form.Narrow(Aten.Multiply(Aten.Subtract(centred, Aten.Multiply(normed, projection)), inverse), x.DType));
            return;
        }

        var gradient = Tensor.Make(x.DType, x.Device, x.Shape);
        var (weightSums, biasSums) = (
            Needs(1) ? Tensor.Zeros(DType.Float32, width) : null,
            _bias is not null && Needs(2) ? Tensor.Zeros(DType.Float32, width) : null
        );
        var toWeight = weightSums is null ? null : weightSums.Floats;
        var toBias = biasSums is null ? null : biasSums.Floats;
        if (x.DType == DType.Float32)
            NormKernels.LayerNormBackward(
                x.Floats,
                weight.Floats,
                mean.Floats,
                inverse.Floats,
                upstream.Floats,
                gradient.Floats,
                toWeight,
                toBias,
                rows,
                width
            );
        else
            NormKernels.LayerNormBackward(
                x.Bfloats,
                weight.Floats,
                mean.Floats,
                inverse.Floats,
                upstream.Bfloats,
                gradient.Bfloats,
                toWeight,
                toBias,
                rows,
                width
            );
        if (weightSums is not null)
            Send(1, weightSums);
        if (biasSums is not null)
            Send(2, biasSums);
        if (Needs(0))
            Send(0, gradient);
    }

    private static unsafe (Tensor Result, Tensor Mean, Tensor Inverse) Forward(Tensor x, Tensor weight, Tensor? bias, double epsilon)
    {
        long[] rowShape = [.. x.Shape[..^1], 1];
        if (!Form.IsFused(x, weight, bias))
        {
            var wide = Form.Wide(x);
            var average = Aten.Mean(wide, -1, keep: true);
            var centred = Aten.Subtract(wide, average);
            var factor = Aten.Rsqrt(Aten.Add(Aten.Mean(Aten.Multiply(centred, centred), -1, keep: true), epsilon));
            var scaled = Aten.Multiply(Aten.Multiply(centred, factor), Form.Vector(weight, x));
            return (Form.Narrow(bias is null ? scaled : Aten.Add(scaled, Form.Vector(bias, x)), x.DType), average, factor);
        }

        var result = Tensor.Make(x.DType, x.Device, x.Shape);
        var (mean, inverse) = (Tensor.Make(DType.Float32, x.Device, rowShape), Tensor.Make(DType.Float32, x.Device, rowShape));
        var (rows, width) = (mean.ElementCount, (int)x.Shape[^1]);
        using var vector = Form.Vector(weight, x).Hold();
        using var shift = bias is null ? null : Form.Vector(bias, x).Hold();
        var shiftAt = shift is null ? null : shift.Floats;
        if (x.DType == DType.Float32)
            NormKernels.LayerNorm(
                x.Floats,
                vector.Floats,
                shiftAt,
                (float)epsilon,
                result.Floats,
                mean.Floats,
                inverse.Floats,
                rows,
                width
            );
        else
            NormKernels.LayerNorm(
                x.Bfloats,
                vector.Floats,
                shiftAt,
                (float)epsilon,
                result.Bfloats,
                mean.Floats,
                inverse.Floats,
                rows,
                width
            );
        GC.KeepAlive(x);
        return (result, mean, inverse);
    }
}
