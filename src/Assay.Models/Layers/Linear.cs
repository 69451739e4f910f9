using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary><c>x * weight^T + bias</c>, weight [out, in].</summary>
internal sealed class Linear(Parameter weight, Parameter? bias)
{
    public Parameter Weight { get; } = weight;

    public Parameter? Bias { get; } = bias;

    public static Linear Read(Weights weights, int inputs, int outputs, bool hasBias) =>
        new(weights.Read("weight", outputs, inputs), hasBias ? weights.Read("bias", outputs) : null);

    /// <summary>A decoder's score head: one row, drawn where a fresh one was asked for. The reference has no bias there; heads of trainers' own may.</summary>
    public static Linear ReadScore(Weights weights, int inputs, double deviation) =>
        new(weights.ReadOrDraw("weight", deviation, ParameterRole.Head, 1, inputs), weights.Has("bias") ? weights.ReadOrDraw("bias", 0, ParameterRole.Head, 1) : null);

    /// <summary>[rows, in] → [rows, out], plus the residual where there is one.</summary>
    public Tensor Forward(Tensor x, Tensor? residual = null) => x.Linear(Weight.Value, Bias?.Value, residual);
}
