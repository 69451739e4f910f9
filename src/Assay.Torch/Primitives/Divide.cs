using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>The quotient, elementwise, shapes broadcast as in NumPy.</summary>
internal sealed class Divide : Primitive
{
    private Kept _first = null!;
    private Kept _second = null!;

    public static Tensor Apply(Tensor a, Tensor b)
    {
        var result = Aten.Divide(a, b);
        if (!IsWanted(a, b))
            return result;
        var primitive = new Divide();
        (primitive._first, primitive._second) = (primitive.Keep(a), primitive.Keep(b));
        return primitive.Record(result, a, b);
    }

    protected override void Backward(Tensor upstream)
    {
        var towards = Aten.Divide(upstream, _second.Value);
        if (Needs(0))
            Send(0, Broadcast.SumTo(towards, _first.Value.Shape).View(0, _first.Value.Shape));
        if (!Needs(1))
            return;
        var quotient = Aten.Divide(_first.Value, _second.Value);
        Send(1, Broadcast.SumTo(Aten.Multiply(Aten.Multiply(towards, quotient), -1), _second.Value.Shape));
    }
}
