using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary><c>x * weight + bias</c>, weight [in, out]: GPT-2's linear layer, kept and saved as the checkpoint has it.</summary>
internal sealed class Conv1D(Parameter weight, Parameter bias)
{
    public Parameter Weight { get; } = weight;

    public Parameter Bias { get; } = bias;

    public static Conv1D Read(Weights weights, int inputs, int outputs) => new(weights.Read("weight", inputs, outputs), weights.Read("bias", outputs));

    /// <summary>[rows, in] → [rows, out], plus the residual where there is one.</summary>
    public Tensor Forward(Tensor x, Tensor? residual = null) => x.Conv1D(Weight.Value, Bias.Value, residual);
}
