using Assay.Torch.Products;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// <c>x weight + bias + residual</c>: [rows, in] by [in, out] is [rows, out]; GPT-2's layer of that name, whose weight is stored the other
/// way round. Its three products are those of <see cref="Linear"/> in other roles, so that no weight is turned in memory.
/// </summary>
internal sealed class Conv1D : Primitive
{
    private Kept? _x;
    private Kept _weight = null!;

    public static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, Tensor? residual)
    {
        Form.Require(
            x.Shape.Length == 2 && weight.Shape.Length == 2,
            nameof(Conv1D),
            "x and weight must have two dimensions",
            x,
            weight,
            bias,
            residual
        );
        Form.Require(
            x.Shape[1] == weight.Shape[0],
            nameof(Conv1D),
            "weight must have a row for each column of x",
            x,
            weight,
            bias,
            residual
        );
        var outputs = weight.Shape[1];
        Form.Require(
            bias is null || bias.Shape.AsSpan().SequenceEqual([outputs]),
            nameof(Conv1D),
            $"bias must be [{outputs}]",
            x,
            weight,
            bias,
            residual
        );
        Form.Require(
            residual is null || residual.Shape.AsSpan().SequenceEqual([x.Shape[0], outputs]),
            nameof(Conv1D),
            $"residual must be [{x.Shape[0]}, {outputs}]",
            x,
            weight,
            bias,
            residual
        );
        var result = Product.InputGradient(x, weight);
        if (bias is not null)
            result = Native.Aten.Add(result, Form.Narrow(bias, result.DType));
        if (residual is not null)
            result = Add.Forward(result, residual);
        if (!IsWanted(x, weight, bias, residual))
            return result;
        var primitive = new Conv1D();
        if (weight.RequiresGrad)
            primitive._x = primitive.Keep(x);
        primitive._weight = primitive.Keep(weight);
        return primitive.Record(result, x, weight, bias, residual);
    }

    protected override void Backward(Tensor upstream)
    {
        var weight = _weight.Value;
        if (Needs(1))
            SendInPlace(1, weight, (target, add) => Product.WeightGradient(_x!.Value, upstream, target, add));
        if (Needs(2))
            SendInPlace(2, weight.View(0, weight.Shape[1]), (target, add) => Linear.SumRows(upstream, target, add));
        if (Needs(3))
            Send(3, upstream.View(0, upstream.Shape));
        if (Needs(0))
            Send(0, Product.Forward(upstream, weight, null, null));
    }
}
