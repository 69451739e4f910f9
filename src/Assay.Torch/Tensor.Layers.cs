using Assay.Torch.Kernels.Attention;
using Assay.Torch.Kernels.Rows;
using Assay.Torch.Primitives;
using Assay.Torch.Tape;

namespace Assay.Torch;

public sealed partial class Tensor
{
    /// <summary>
    /// <c>this * weight^T + bias + residual</c>: [rows, in] by [out, in] is [rows, out]. Bias [out] and residual [rows, out] may be absent.
    /// </summary>
    public Tensor Linear(Tensor weight, Tensor? bias = null, Tensor? residual = null) =>
        Primitives.Linear.Apply(this, weight, bias, residual);

    /// <summary>
    /// <c>this * weight + bias + residual</c>, GPT-2's Conv1D: [rows, in] by [in, out] is [rows, out]. Bias [out] and residual [rows, out]
    /// may be absent.
    /// </summary>
    public Tensor Conv1D(Tensor weight, Tensor? bias = null, Tensor? residual = null) =>
        Primitives.Conv1D.Apply(this, weight, bias, residual);

    /// <summary>
    /// Rows of this table [entries, width] at indices: [rows, width]. The row <paramref name="paddingIndex"/> gets no gradient, as in
    /// torch's <c>nn.Embedding(padding_idx)</c>; -1: there is none.
    /// </summary>
    /// <param name="indices">From 0, below the entries.</param>
    /// <param name="paddingIndex">A row, or -1.</param>
    /// <param name="dtype">The rows' type: the table's, where nothing is given, or BFloat16 to narrow them.</param>
    public Tensor Embedding(ReadOnlySpan<int> indices, int paddingIndex = -1, DType? dtype = null) =>
        Primitives.Embedding.Apply(this, indices, paddingIndex, dtype ?? DType);

    /// <summary>
    /// The natural logarithm of the softmax of <c>this * weight^T</c> at one entry a row: [rows, in] by [entries, in] is [rows]. The
    /// product never stands in memory whole.
    /// </summary>
    /// <param name="weight">A language model's head, fp32 or fp64 as this is.</param>
    /// <param name="targets">[rows]: entries, from 0.</param>
    public Tensor LogProbabilities(Tensor weight, ReadOnlySpan<int> targets) =>
        Primitives.LogProbabilities.Apply(this, weight, targets.ToArray());

    /// <summary>
    /// <c>(x - mean) / sqrt(variance + epsilon) * weight + bias</c> over the last dimension, the variance divided by its size.
    /// </summary>
    public Tensor LayerNorm(Tensor weight, Tensor? bias, double epsilon) => Primitives.LayerNorm.Apply(this, weight, bias, epsilon);

    /// <summary><c>x / sqrt(mean(x^2) + epsilon) * (weight + weightOffset)</c> over the last dimension. Gemma's offset is 1.</summary>
    public Tensor RmsNorm(Tensor weight, double epsilon, double weightOffset = 0) =>
        Primitives.RmsNorm.Apply(this, weight, epsilon, weightOffset);

    /// <summary>
    /// Rotary position embedding in the halves form (<c>rotate_half</c>) of rows [rows, heads * headDimension]. <paramref name="cosine"/>
    /// and <paramref name="sine"/> are [rows, r], one angle for each of the r = rotary dimension / 2 pairs at that row's position (the
    /// first half of Hugging Face's tables); dimensions of a head from 2r on pass unchanged.
    /// </summary>
    public Tensor Rotary(Tensor cosine, Tensor sine, int headDimension) => Primitives.Rotary.Apply(this, cosine, sine, headDimension);

    /// <summary><c>silu(this) * up</c>, this being the gate.</summary>
    public Tensor SwiGlu(Tensor up) => GatedActivation.Apply(ActivationKind.Silu, this, up);

    /// <summary><c>gelu(this) * up</c>, this being the gate.</summary>
    public Tensor GeGlu(Tensor up, GeluForm form) => GatedActivation.Apply(KindOf(form), this, up);

    /// <summary><c>gelu(this + bias)</c>, bias [last dimension].</summary>
    public Tensor BiasGelu(Tensor bias, GeluForm form) => Activation.Apply(KindOf(form), this, bias);

    /// <summary>
    /// Attention of packed sequences: this is the queries [rows, heads * headDimension], keys and values are [rows, keyValueHeads *
    /// headDimension]; the result has the queries' shape. Query head h uses key-value head <c>h / (heads / keyValueHeads)</c>. Rows of no
    /// segment get zeros.
    /// </summary>
    /// <param name="key">Keys, rotated already.</param>
    /// <param name="value">Values.</param>
    /// <param name="segments">In order of their start, not overlapping; a prefix lies before its segment.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="keyValueHeads">A divisor of <paramref name="heads"/>.</param>
    /// <param name="scale">Factor of the scores, usually 1 / sqrt(headDimension).</param>
    /// <param name="direction">Whether later keys are seen.</param>
    /// <param name="window"> 0: no limit. Causal: the query's own token and the <c>window - 1</c> before it. Bidirectional: distances up to
    /// <c>window / 2</c>. In true positions.
    /// </param>
    /// <param name="softCap">0: none. Else a scaled score becomes <c>softCap * tanh(score / softCap)</c>, before slopes and softmax (Gemma
    /// 2, arXiv 2408.00118).</param>
    /// <param name="slopes"> Null, or one a query head: <c>-slope * distance</c> in true positions is added to the scaled score (ALiBi,
    /// arXiv 2108.12409). They get no gradient.
    /// </param>
    /// <exception cref="TorchException">Shapes, segments or numbers that do not go together.</exception>
    public Tensor Attention(
        Tensor key,
        Tensor value,
        ReadOnlySpan<Segment> segments,
        int heads,
        int keyValueHeads,
        double scale,
        AttentionDirection direction,
        long window = 0,
        double softCap = 0,
        IReadOnlyList<double>? slopes = null
    )
    {
        var headDimension = heads == 0 ? 0 : (int)(Shape[^1] / heads);
        var form = new AttentionForm(heads, keyValueHeads, headDimension, scale, direction, window, softCap, slopes);
        return Primitives.Attention.Apply(this, key, value, segments, form);
    }

    /// <summary>
    /// Attention of packed sequences that adds relative positions to the content (DeBERTa, arXiv 2006.03654): the score of query i and key
    /// j is <c>scale * (q_i k_j + q_i positionKey[r] + k_j positionQuery[r])</c>, r being the row of the distance i - j. This is the
    /// queries [rows, heads * headDimension], as are keys and values; the result has their shape. Rows of no segment get zeros. Memory
    /// grows with the square of the longest segment.
    /// </summary>
    /// <param name="key">Keys.</param>
    /// <param name="value">Values.</param>
    /// <param name="positionKey">[distances, heads * headDimension], or null to leave content to position out.</param>
    /// <param name="positionQuery">The same for position to content.</param>
    /// <param name="rowOfDistance"> For each distance from <c>-(n - 1)</c> to <c>n - 1</c>, n at least the longest segment, the row of the
    /// two tables; never falling with the distance.
    /// </param>
    /// <param name="segments">In order of their start, not overlapping, without prefixes: every key of a sequence is seen.</param>
    /// <param name="heads">How many.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <exception cref="TorchException">Shapes, segments or rows that do not go together.</exception>
    public Tensor DisentangledAttention(
        Tensor key,
        Tensor value,
        Tensor? positionKey,
        Tensor? positionQuery,
        ReadOnlySpan<int> rowOfDistance,
        ReadOnlySpan<Segment> segments,
        int heads,
        double scale
    ) =>
        Primitives.DisentangledAttention.Apply(
            this,
            key,
            value,
            positionKey,
            positionQuery,
            segments,
            new DisentangledForm(heads, heads == 0 ? 0 : (int)(Shape[^1] / heads), scale, rowOfDistance.ToArray())
        );

    /// <summary>
    /// The block's result, from which the backward runs the block's forward again instead of keeping what it made in between (arXiv
    /// 1604.06174).
    /// </summary>
    /// <param name="block">Given the inputs. Every tensor it needs beside parameters must be one of them.</param>
    /// <param name="inputs">Tensors; gradients flow to those that ask for them.</param>
    public static Tensor Recomputed(Func<IReadOnlyList<Tensor>, Tensor> block, params IReadOnlyList<Tensor> inputs) =>
        Recompute.Apply(block, inputs);
}
