using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary><c>a + scale * b</c>, elementwise, shapes broadcast as in NumPy.</summary>
internal sealed class Add : Primitive
{
    private readonly double _scale;
    private readonly long[] _first;
    private readonly long[] _second;

    private Add(double scale, long[] first, long[] second) => (_scale, _first, _second) = (scale, first, second);

    public static Tensor Apply(Tensor a, Tensor b, double scale = 1)
    {
        var result = scale == 1 ? Forward(a, b) : Aten.AddScaled(a, b, scale);
        return IsWanted(a, b) ? new Add(scale, a.Shape, b.Shape).Record(result, a, b) : result;
    }

    /// <summary>The sum, off the tape.</summary>
    internal static unsafe Tensor Forward(Tensor a, Tensor b)
    {
        if (!Form.IsFused(a, b) || a.DType != b.DType || !a.Shape.AsSpan().SequenceEqual(b.Shape))
            return Aten.Add(a, b);
        var result = a.Like();
        if (a.DType == DType.Float32)
            VectorKernels.Add(a.Floats, b.Floats, result.Floats, a.ElementCount);
        else
            VectorKernels.Add(a.Bfloats, b.Bfloats, result.Bfloats, a.ElementCount);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        return result;
    }

    protected override void Backward(Tensor upstream)
    {
        if (Needs(0))
            Send(0, Broadcast.SumTo(upstream, _first).View(0, _first));
        if (Needs(1))
            Send(1, Broadcast.SumTo(_scale == 1 ? upstream : Aten.Multiply(upstream, _scale), _second).View(0, _second));
    }
}
