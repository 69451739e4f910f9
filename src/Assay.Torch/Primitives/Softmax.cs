using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>Exponentials divided by their sum, along the last dimension.</summary>
internal sealed class Softmax : Primitive
{
    private Kept _result = null!;

    public static Tensor Apply(Tensor x)
    {
        using var counted = Counters.Enter(nameof(Softmax));
        var result = Aten.Softmax(x);
        if (!IsWanted(x))
            return result;
        var primitive = new Softmax();
        primitive._result = primitive.Keep(result);
        return primitive.Record(result, x);
    }

    protected override void Backward(Tensor upstream)
    {
        var result = _result.Value;
        var inner = Aten.Sum(Aten.Multiply(upstream, result), [-1], keep: true);
        Send(0, Aten.Multiply(result, Aten.Subtract(upstream, inner)));
    }
}
