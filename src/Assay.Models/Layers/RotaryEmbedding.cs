using System.Numerics;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>
/// Rotary position embedding (arXiv 2104.09864) in the halves form. Frequencies and angles are fp32 unless the model is fp64, then cast to the model's type, as the reference has
/// them. Where they depend on a sequence's length (dynamic, longrope) each token follows its own sequence: the reference takes the padded batch's
/// longest, for dynamic even an earlier batch's, so that its scores change with their neighbours and with history.
/// </summary>
internal sealed class RotaryEmbedding(RopeParameters rope, int headDimension)
{
    /// <summary>The longest sequence whose angles do not depend on its length.</summary>
    public int LongestWithFixedFrequencies => rope.LongestWithFixedFrequencies;

    /// <summary>cos and sin of each token's angles, [tokens, rotary_dim / 2] each.</summary>
    public RotaryTables Tables(PackedBatch batch, DType dtype, Device device) =>
        dtype == DType.Float64 ? Tables<double>(batch, dtype, device) : Tables<float>(batch, dtype, device);

    private RotaryTables Tables<T>(PackedBatch batch, DType dtype, Device device)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var half = rope.RotaryDimension(headDimension) / 2;
        var (cosine, sine) = (new double[batch.TokenCount * half], new double[batch.TokenCount * half]);
        var scaling = T.CreateChecked(RopeFrequencies.AttentionScaling(rope));
        var frequencies = new Dictionary<int, T[]>();
        for (var token = 0; token < batch.TokenCount; token++)
        {
            // Up to this length all sequences have the same frequencies.
            var length = batch.SequenceLengths[token] <= rope.LongestWithFixedFrequencies ? 0 : batch.SequenceLengths[token];
            if (!frequencies.TryGetValue(length, out var inverse)) frequencies[length] = inverse = RopeFrequencies.Inverse<T>(rope, headDimension, length);
            var position = T.CreateChecked(batch.Positions[token]);
            for (var i = 0; i < half; i++)
            {
                var (s, c) = T.SinCos(position * inverse[i]);
                cosine[(token * half) + i] = double.CreateChecked(c * scaling);
                sine[(token * half) + i] = double.CreateChecked(s * scaling);
            }
        }
        return new(Tensor.From(cosine, batch.TokenCount, half).To(dtype).To(device), Tensor.From(sine, batch.TokenCount, half).To(dtype).To(device));
    }
}
