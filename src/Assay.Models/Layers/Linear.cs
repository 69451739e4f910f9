using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary><c>x * weight^T + bias</c>, weight [out, in]; with LoRA the pair's part is added.</summary>
internal sealed class Linear
{
    public Linear(Parameter weight, Parameter? bias)
    {
        (Weight, Bias) = (weight, bias);
        weight.Matrix = MatrixForm.OutputsByInputs;
    }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    public static Linear Read(Weights weights, int inputs, int outputs, bool hasBias) =>
        new(weights.Read("weight", outputs, inputs), hasBias ? weights.Read("bias", outputs) : null);

    /// <summary>
    /// A decoder's score head: one row, drawn where a fresh one was asked for. The reference has no bias there; heads of trainers' own may.
    /// </summary>
    public static Linear ReadScore(Weights weights, int inputs, double deviation) =>
        new(
            weights.ReadOrDraw("weight", deviation, ParameterRole.Head, 1, inputs),
            weights.Has("bias") ? weights.ReadOrDraw("bias", 0, ParameterRole.Head, 1) : null
        );

    /// <summary>[rows, in] → [rows, out], plus the residual where there is one.</summary>
    public Tensor Forward(Tensor x, Tensor? residual = null) => Weight.WithLowRank(x.Linear(Weight.Value, Bias?.Value, residual), x);

    /// <summary>The same without the bias, for those who add it themselves.</summary>
    public Tensor ForwardWithoutBias(Tensor x) => Weight.WithLowRank(x.Linear(Weight.Value), x);
}
