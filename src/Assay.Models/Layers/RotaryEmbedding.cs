using System.Numerics;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>
/// Rotary position embedding (arXiv 2104.09864) in the halves form. Frequencies and angles are fp32 unless the model is fp64, then cast to
/// the model's type, as the reference has them. The frequencies of a model that was read in another type and converted to fp64 keep their
/// fp32 values, as torch's <c>.double()</c> leaves the values of a buffer. Where they depend on a sequence's length (dynamic, longrope)
/// each token follows its own sequence: the reference takes the padded batch's longest, for dynamic even an earlier batch's, so that its
/// scores change with their neighbours and with history.
/// </summary>
internal sealed class RotaryEmbedding(RopeParameters rope, int headDimension)
{
    /// <summary>The longest sequence whose angles do not depend on its length.</summary>
    public int LongestWithFixedFrequencies => rope.LongestWithFixedFrequencies;

    /// <summary>cos and sin of each token's angles, [tokens, rotary_dim / 2] each.</summary>
    /// <param name="batch">Whose positions.</param>
    /// <param name="model">The model's type: the tables are fp64 where it is, else fp32.</param>
    /// <param name="readAs">The type the model was read in: the frequencies are fp64 where it is, else rounded to fp32.</param>
    /// <param name="device">Where they go.</param>
    public RotaryTables Tables(PackedBatch batch, DType model, DType readAs, Device device) =>
        (model, readAs) switch
        {
            (DType.Float64, DType.Float64) => Tables(
                batch,
                length => RopeFrequencies.Inverse<double>(rope, headDimension, length),
                DType.Float64,
                device
            ),
            (DType.Float64, _) => Tables(
                batch,
                length => Array.ConvertAll(RopeFrequencies.Inverse<float>(rope, headDimension, length), x => (double)x),
                DType.Float64,
                device
            ),
            _ => Tables(batch, length => RopeFrequencies.Inverse<float>(rope, headDimension, length), DType.Float32, device),
        };

    private RotaryTables Tables<T>(PackedBatch batch, Func<int, T[]> inverseAt, DType dtype, Device device)
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
            if (!frequencies.TryGetValue(length, out var inverse))
                frequencies[length] = inverse = inverseAt(length);
            var position = T.CreateChecked(batch.Positions[token]);
            for (var i = 0; i < half; i++)
            {
                var (s, c) = T.SinCos(position * inverse[i]);
                cosine[(token * half) + i] = double.CreateChecked(c * scaling);
                sine[(token * half) + i] = double.CreateChecked(s * scaling);
            }
        }
        return new(
            Tensor.From(cosine, batch.TokenCount, half).To(dtype).To(device),
            Tensor.From(sine, batch.TokenCount, half).To(dtype).To(device)
        );
    }
}

/// <summary>cos and sin of a batch's angles, [tokens, rotary_dim / 2] each.</summary>
internal readonly record struct RotaryTables(Tensor Cosine, Tensor Sine);
