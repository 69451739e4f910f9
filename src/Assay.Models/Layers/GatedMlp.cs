using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary><c>down(activation(gate(x)) * up(x))</c> (arXiv 2002.05202).</summary>
internal sealed class GatedMlp(Linear gate, Linear up, Linear down, Activation activation) : IFeedForward
{
    /// <summary>Reads <c>gate_proj</c>, <c>up_proj</c> and <c>down_proj</c>.</summary>
    public static GatedMlp Read(Weights weights, int hidden, int inner, Activation activation, bool hasBias = false) =>
        new(
            Linear.Read(weights.At("gate_proj"), hidden, inner, hasBias),
            Linear.Read(weights.At("up_proj"), hidden, inner, hasBias),
            Linear.Read(weights.At("down_proj"), inner, hidden, hasBias),
            activation
        );

    public Tensor Forward(Tensor x, Tensor? residual = null) => down.Forward(activation.Gated(gate.Forward(x), up.Forward(x)), residual);
}
