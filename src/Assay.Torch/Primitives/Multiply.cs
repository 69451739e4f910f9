using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>The product, elementwise, shapes broadcast as in NumPy.</summary>
internal sealed class Multiply : Primitive
{
    private Kept _first = null!;
    private Kept _second = null!;

    public static Tensor Apply(Tensor a, Tensor b)
    {
        using var counted = Counters.Enter(nameof(Multiply));
        var result = Aten.Multiply(a, b);
        if (!IsWanted(a, b))
            return result;
        var primitive = new Multiply();
        (primitive._first, primitive._second) = (primitive.Keep(a), primitive.Keep(b));
        return primitive.Record(result, a, b);
    }

    protected override void Backward(Tensor upstream)
    {
        if (Needs(0))
            Send(0, Broadcast.SumTo(Aten.Multiply(upstream, _second.Value), _first.Value.Shape));
        if (Needs(1))
            Send(1, Broadcast.SumTo(Aten.Multiply(upstream, _first.Value), _second.Value.Shape));
    }
}
