using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Products;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// <c>x weight^T + bias + residual</c>: [rows, in] by [out, in] is [rows, out]. In bf16 the weight is read narrowed, its gradient is in its
/// own type.
/// </summary>
internal sealed class Linear : Primitive
{
    private Kept? _x;
    private Kept _weight = null!;

    public static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, Tensor? residual)
    {
        using var counted = Counters.Enter(nameof(Linear));
        Form.Require(
            x.Shape.Length == 2 && weight.Shape.Length == 2,
            nameof(Linear),
            "x and weight must have two dimensions",
            x,
            weight,
            bias,
            residual
        );
        Form.Require(x.Shape[1] == weight.Shape[1], nameof(Linear), "x and weight must have as many columns", x, weight, bias, residual);
        var outputs = weight.Shape[0];
        Form.Require(
            bias is null || bias.Shape.AsSpan().SequenceEqual([outputs]),
            nameof(Linear),
            $"bias must be [{outputs}]",
            x,
            weight,
            bias,
            residual
        );
        Form.Require(
            residual is null || residual.Shape.AsSpan().SequenceEqual([x.Shape[0], outputs]),
            nameof(Linear),
            $"residual must be [{x.Shape[0]}, {outputs}]",
            x,
            weight,
            bias,
            residual
        );
        var result = Product.Forward(x, weight, bias, residual);
        if (!IsWanted(x, weight, bias, residual))
            return result;
        var primitive = new Linear();
        if (weight.RequiresGrad)
            primitive._x = primitive.Keep(x);
        primitive._weight = primitive.Keep(weight);
        return primitive.Record(result, x, weight, bias, residual);
    }

    protected override void Backward(Tensor upstream)
    {
        var weight = _weight.Value;
        if (Needs(1))
            SendInPlace(1, weight, (target, add) => Product.WeightGradient(upstream, _x!.Value, target, add));
        if (Needs(2))
            SendInPlace(2, weight.View(0, weight.Shape[0]), (target, add) => SumRows(upstream, target, add));
        if (Needs(3))
            Send(3, upstream.View(0, upstream.Shape));
        if (Needs(0))
            Send(0, Product.InputGradient(upstream, weight));
    }

    /// <summary>The sum of rows into a vector of the width: a bias's gradient.</summary>
    internal static unsafe void SumRows(Tensor rows, Tensor target, bool add)
    {
        if (Form.IsFused(rows, target) && target.DType == DType.Float32)
        {
            if (!add)
                target.Fill(0);
            if (rows.DType == DType.Float32)
                VectorKernels.SumRows(rows.Floats, target.Floats, rows.Shape[0], (int)rows.Shape[1]);
            else
                VectorKernels.SumRows(rows.Bfloats, target.Floats, rows.Shape[0], (int)rows.Shape[1]);
            return;
        }

        var sum = Form.Narrow(Aten.Sum(Form.Wide(rows), [0], keep: false), target.DType);
        if (add)
            target.AddInPlace(sum);
        else
            target.CopyFrom(sum);
    }
}
