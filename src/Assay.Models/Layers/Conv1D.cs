using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>
/// <c>x * weight + bias</c>, weight [in, out]: GPT-2's linear layer, kept and saved as the checkpoint has it; with LoRA the pair's part is
/// added.
/// </summary>
internal sealed class Conv1D
{
    private Conv1D(Parameter weight, Parameter bias)
    {
        (Weight, Bias) = (weight, bias);
        weight.Matrix = MatrixForm.InputsByOutputs;
    }

    public Parameter Weight { get; }

    public Parameter Bias { get; }

    public static Conv1D Read(Weights weights, int inputs, int outputs) =>
        new(weights.Read("weight", inputs, outputs), weights.Read("bias", outputs));

    /// <summary>[rows, in] → [rows, out], plus the residual where there is one.</summary>
    public Tensor Forward(Tensor x, Tensor? residual = null) => Weight.WithLowRank(x.Conv1D(Weight.Value, Bias.Value, residual), x);

    /// <summary>The same without the bias, for those who add it themselves.</summary>
    public Tensor ForwardWithoutBias(Tensor x) => Weight.WithLowRank(x.Conv1D(Weight.Value), x);
}
