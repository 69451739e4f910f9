using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// <c>activation(x + bias)</c>, the bias along the last dimension or absent. Keeps x; the result is made again when needed.
/// </summary>
internal sealed class Activation : Primitive
{
    private readonly ActivationKind _kind;
    private Kept _x = null!;
    private Kept? _bias;

    private Activation(ActivationKind kind) => _kind = kind;

    protected override bool CanRebuild => true;

    public static Tensor Apply(ActivationKind kind, Tensor x, Tensor? bias = null)
    {
        using var counted = Counters.Enter(nameof(Activation));
        Form.Require(
            bias is null || (x.Shape.Length > 0 && bias.Shape.AsSpan().SequenceEqual([x.Shape[^1]])),
            kind.ToString(),
            "bias must be as long as the last dimension of x",
            x,
            bias
        );
        var result = Forward(kind, x, bias);
        if (!IsWanted(x, bias))
            return result;
        var primitive = new Activation(kind);
        (primitive._x, primitive._bias) = (primitive.Keep(x), bias is null ? null : primitive.Keep(bias));
        return primitive.Record(result, x, bias);
    }

    protected override Tensor Rebuild() => Forward(_kind, _x.Value, _bias?.Value);

    protected override unsafe void Backward(Tensor upstream)
    {
        var (x, bias) = (_x.Value, _bias?.Value);
        if (!Form.IsFused(x, bias) || (bias is not null && bias.DType != DType.Float32))
        {
            var slope = PlainActivation.Derivative(_kind, Shifted(x, bias));
            var product = Aten.Multiply(Form.Wide(upstream), slope);
            if (bias is not null && Needs(1))
                SendSum(1, product, bias);
            if (Needs(0))
                Send(0, Form.Narrow(product, x.DType));
            return;
        }

        var (rows, width) = RowsOf(x);
        var gradient = Tensor.Make(x.DType, x.Device, x.Shape);
        var sums = bias is not null && Needs(1) ? Tensor.Zeros(DType.Float32, width) : null;
        var biasAt = bias is null ? null : bias.Floats;
        var sumsAt = sums is null ? null : sums.Floats;
        if (x.DType == DType.Float32)
            ActivationKernels.ApplyBackward(_kind, x.Floats, biasAt, upstream.Floats, gradient.Floats, sumsAt, rows, width);
        else
            ActivationKernels.ApplyBackward(_kind, x.Bfloats, biasAt, upstream.Bfloats, gradient.Bfloats, sumsAt, rows, width);
        if (sums is not null)
            Send(1, sums);
        if (Needs(0))
            Send(0, gradient);
    }

    private static unsafe Tensor Forward(ActivationKind kind, Tensor x, Tensor? bias)
    {
        if (!Form.IsFused(x, bias))
            return Form.Narrow(PlainActivation.Forward(kind, Shifted(x, bias)), x.DType);
        var result = Tensor.Make(x.DType, x.Device, x.Shape);
        var (rows, width) = RowsOf(x);
        using var vector = bias is null ? null : Form.Vector(bias, x).Hold();
        var at = vector is null ? null : vector.Floats;
        if (x.DType == DType.Float32)
            ActivationKernels.Apply(kind, x.Floats, at, result.Floats, rows, width);
        else
            ActivationKernels.Apply(kind, x.Bfloats, at, result.Bfloats, rows, width);
        GC.KeepAlive(x);
        return result;
    }

    private static Tensor Shifted(Tensor x, Tensor? bias) => bias is null ? Form.Wide(x) : Aten.Add(Form.Wide(x), Form.Vector(bias, x));

    private static (long Rows, int Width) RowsOf(Tensor x)
    {
        var width = x.Shape.Length == 0 ? 1 : (int)x.Shape[^1];
        return (width == 0 ? 0 : x.ElementCount / width, width);
    }
}
