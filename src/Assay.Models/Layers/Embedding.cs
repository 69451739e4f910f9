using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>
/// A table of rows by index. The row <paramref name="paddingIndex"/> (-1: none) gets no gradient, wherever its id stands: torch's
/// <c>nn.Embedding(padding_idx)</c>, on which the reference's gradients depend where the pad token is also a real one (SmolLM2: pad = eos).
/// </summary>
internal sealed class Embedding(Parameter weight, int paddingIndex)
{
    public static Embedding Read(Weights weights, int entries, int width, int paddingIndex = -1) =>
        new(weights.Read("weight", entries, width), paddingIndex);

    /// <summary>[rows] → [rows, width], in the type that the network computes in.</summary>
    public Tensor Forward(IReadOnlyList<int> indices, DType dtype) => weight.Value.Embedding([.. indices], paddingIndex, dtype);
}
