using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// <c>activation(gate) * up</c>, elementwise: SwiGLU and its kin (arXiv 2002.05202). Keeps both; the result is made again when needed.
/// </summary>
internal sealed class GatedActivation : Primitive
{
    private readonly ActivationKind _kind;
    private Kept _gate = null!;
    private Kept _up = null!;

    private GatedActivation(ActivationKind kind) => _kind = kind;

    protected override bool CanRebuild => true;

    public static Tensor Apply(ActivationKind kind, Tensor gate, Tensor up)
    {
        using var counted = Counters.Enter(nameof(GatedActivation));
        Form.Require(
            gate.Shape.AsSpan().SequenceEqual(up.Shape) && gate.DType == up.DType,
            nameof(GatedActivation),
            "gate and up must be alike",
            gate,
            up
        );
        var result = Forward(kind, gate, up);
        if (!IsWanted(gate, up))
            return result;
        var primitive = new GatedActivation(kind);
        (primitive._gate, primitive._up) = (primitive.Keep(gate), primitive.Keep(up));
        return primitive.Record(result, gate, up);
    }

    protected override Tensor Rebuild() => Forward(_kind, _gate.Value, _up.Value);

    protected override unsafe void Backward(Tensor upstream)
    {
        var (gate, up) = (_gate.Value, _up.Value);
        if (!Form.IsFused(gate, up))
        {
            var (wideGate, dy) = (Form.Wide(gate), Form.Wide(upstream));
            if (Needs(0))
                Send(
                    0,
                    Form.Narrow(Aten.Multiply(Aten.Multiply(dy, Form.Wide(up)), PlainActivation.Derivative(_kind, wideGate)), gate.DType)
                );
            if (Needs(1))
                Send(1, Form.Narrow(Aten.Multiply(dy, PlainActivation.Forward(_kind, wideGate)), up.DType));
            return;
        }

        var (toGate, toUp) = (Tensor.Make(gate.DType, gate.Device, gate.Shape), Tensor.Make(up.DType, up.Device, up.Shape));
        if (gate.DType == DType.Float32)
            ActivationKernels.GatedBackward(
                _kind,
                gate.Floats,
                up.Floats,
                upstream.Floats,
                toGate.Floats,
                toUp.Floats,
                null,
                gate.ElementCount
            );
        else
            ActivationKernels.GatedBackward(
                _kind,
                gate.Bfloats,
                up.Bfloats,
                upstream.Bfloats,
                toGate.Bfloats,
                toUp.Bfloats,
                null,
                gate.ElementCount
            );
        if (Needs(0))
            Send(0, toGate);
        if (Needs(1))
            Send(1, toUp);
    }

    private static unsafe Tensor Forward(ActivationKind kind, Tensor gate, Tensor up)
    {
        if (!Form.IsFused(gate, up))
            return Form.Narrow(Aten.Multiply(PlainActivation.Forward(kind, Form.Wide(gate)), Form.Wide(up)), gate.DType);
        var result = Tensor.Make(gate.DType, gate.Device, gate.Shape);
        if (gate.DType == DType.Float32)
            ActivationKernels.Gated(kind, gate.Floats, up.Floats, result.Floats, gate.ElementCount);
        else
            ActivationKernels.Gated(kind, gate.Bfloats, up.Bfloats, result.Bfloats, gate.ElementCount);
        GC.KeepAlive(gate);
        GC.KeepAlive(up);
        return result;
    }
}
