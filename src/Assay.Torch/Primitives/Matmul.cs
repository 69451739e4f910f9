using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>Matrix product: [.., n, k] by [.., k, m] is [.., n, m]; leading dimensions broadcast.</summary>
internal sealed class Matmul : Primitive
{
    private Kept _first = null!;
    private Kept _second = null!;

    public static Tensor Apply(Tensor a, Tensor b)
    {
        using var counted = Counters.Enter(nameof(Matmul));
        Form.Require(
            a.Shape.Length >= 2 && b.Shape.Length >= 2 && a.Shape[^1] == b.Shape[^2],
            nameof(Matmul),
            "the inner sizes must agree, and both have rows and columns",
            a,
            b
        );
        var result = Aten.Matmul(a, b);
        if (!IsWanted(a, b))
            return result;
        var primitive = new Matmul();
        (primitive._first, primitive._second) = (primitive.Keep(a), primitive.Keep(b));
        return primitive.Record(result, a, b);
    }

    protected override void Backward(Tensor upstream)
    {
        var (a, b) = (_first.Value, _second.Value);
        if (Needs(0))
            Send(0, Broadcast.SumTo(Aten.Matmul(upstream, Turned(b)), a.Shape));
        if (Needs(1))
            Send(1, Broadcast.SumTo(Aten.Matmul(Turned(a), upstream), b.Shape));
    }

    private static Tensor Turned(Tensor x)
    {
        long[] order = [.. Enumerable.Range(0, x.Shape.Length).Select(i => (long)i)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return Aten.Permute(x, order);
    }
}
