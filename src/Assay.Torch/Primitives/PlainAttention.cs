using Assay.Torch.Kernels.Attention;
using Assay.Torch.Native;

namespace Assay.Torch.Primitives;

/// <summary>
/// Attention as it is defined, segment by segment, of libtorch's operators: the oracle of the kernel, and what other devices run.
/// </summary>
internal static class PlainAttention
{
    /// <summary>The result [rows, heads * head dimension].</summary>
    public static Tensor Forward(Tensor query, Tensor key, Tensor value, ReadOnlySpan<Segment> segments, AttentionForm form)
    {
        var result = Tensor.Zeros(query.DType, query.Device, query.Shape);
        foreach (var segment in segments)
        {
            if (segment.Length == 0)
                continue;
            using var scope = new TensorScope();
            var part = new Part(query, key, value, segment, form);
            Rows(result, segment.Start, segment.Length)
                .CopyFrom(Form.Narrow(Merged(Aten.Matmul(part.Probabilities, part.Value)), result.DType));
        }

        return result;
    }

    /// <summary>Fills the gradients of queries, keys and values, given the result's.</summary>
    public static void Backward(
        Tensor query,
        Tensor key,
        Tensor value,
        Tensor upstream,
        ReadOnlySpan<Segment> segments,
        AttentionForm form,
        Tensor toQuery,
        Tensor toKey,
        Tensor toValue
    )
    {
        foreach (var gradient in (Tensor[])[toQuery, toKey, toValue])
            gradient.Fill(0);
        foreach (var segment in segments)
        {
            if (segment.Length == 0)
                continue;
            using var scope = new TensorScope();
            var part = new Part(query, key, value, segment, form);
            var gradient = Split(Form.Wide(Rows(upstream, segment.Start, segment.Length)), form.Heads);
            var towards = Aten.Matmul(gradient, Turned(part.Value));
            var inner = Aten.Sum(Aten.Multiply(towards, part.Probabilities), [-1], keep: true);
            var scores = Aten.Multiply(Aten.Multiply(part.Probabilities, Aten.Subtract(towards, inner)), form.Scale);
            if (part.Capped is { } capped)
                scores = Aten.Multiply(scores, Aten.Add(Aten.Multiply(Aten.Multiply(capped, capped), -1), 1));
            Rows(toQuery, segment.Start, segment.Length).CopyFrom(Form.Narrow(Merged(Aten.Matmul(scores, part.Key)), toQuery.DType));
            AddKeys(toKey, Aten.Matmul(Turned(scores), part.Query), segment, form);
            AddKeys(toValue, Aten.Matmul(Turned(part.Probabilities), gradient), segment, form);
        }
    }

    // [heads, keys, width] of all heads of a group are summed and added to the rows of the prefix and of the segment.
    private static void AddKeys(Tensor target, Tensor gradient, Segment segment, AttentionForm form)
    {
        var (keys, width) = (gradient.Shape[1], gradient.Shape[2]);
        var summed = Aten.Sum(gradient.View(0, form.KeyValueHeads, form.Heads / form.KeyValueHeads, keys, width), [1], keep: false);
        var rows = Form.Narrow(Merged(summed), target.DType);
        if (segment.PrefixLength > 0)
            Rows(target, segment.PrefixStart, segment.PrefixLength).AddInPlace(Rows(rows, 0, segment.PrefixLength));
        Rows(target, segment.Start, segment.Length).AddInPlace(Rows(rows, segment.PrefixLength, segment.Length));
    }

    internal static Tensor Rows(Tensor x, long start, long count) => x.View(start * x.Shape[1], count, x.Shape[1]);

    // [rows, heads * width] -> [heads, rows, width]
    internal static Tensor Split(Tensor rows, int heads) =>
        Aten.Permute(rows.View(0, rows.Shape[0], heads, rows.Shape[1] / heads), 1, 0, 2);

    // [heads, rows, width] -> [rows, heads * width]
    internal static Tensor Merged(Tensor split) => Aten.Permute(split, 1, 0, 2).View(0, split.Shape[1], split.Shape[0] * split.Shape[2]);

    internal static Tensor Turned(Tensor x) => Aten.Permute(x, 0, 2, 1);

    /// <summary>
    /// One segment's queries, keys and values [heads, rows, width], in fp32 or fp64, and its probabilities [heads, rows, keys].
    /// </summary>
    private sealed class Part
    {
        public Part(Tensor query, Tensor key, Tensor value, Segment segment, AttentionForm form)
        {
            Query = Split(Form.Wide(Rows(query, segment.Start, segment.Length)), form.Heads);
            Key = Keys(key, segment, form);
            Value = Keys(value, segment, form);
            var scores = Aten.Multiply(Aten.Matmul(Query, Turned(Key)), form.Scale);
            if (form.SoftCap != 0)
            {
                Capped = Aten.Tanh(Aten.Multiply(scores, 1 / form.SoftCap));
                scores = Aten.Multiply(Capped, form.SoftCap);
            }

            Probabilities = Aten.Softmax(Aten.Add(scores, Bias(segment, form, Query)));
        }

        public Tensor Query { get; }

        public Tensor Key { get; }

        public Tensor Value { get; }

        public Tensor Probabilities { get; }

        /// <summary>
        /// <c>tanh(score / SoftCap)</c> [heads, rows, keys], whose derivative the backward needs; null where there is no cap.
        /// </summary>
        public Tensor? Capped { get; }

        // Keys of the prefix, then the segment's own; each head of a group has a copy.
        private static Tensor Keys(Tensor rows, Segment segment, AttentionForm form)
        {
            var own = Form.Wide(Rows(rows, segment.Start, segment.Length));
            var all =
                segment.PrefixLength == 0 ? own : Aten.Cat([Form.Wide(Rows(rows, segment.PrefixStart, segment.PrefixLength)), own], 0);
            var split = Split(all, form.KeyValueHeads);
            var group = form.Heads / form.KeyValueHeads;
            if (group == 1)
                return split;
            var (keys, width) = (split.Shape[1], split.Shape[2]);
            var repeated = Aten.Expand(split.View(0, form.KeyValueHeads, 1, keys, width), [form.KeyValueHeads, group, keys, width]);
            return repeated.View(0, form.Heads, keys, width);
        }

        // [rows, keys], or [heads, rows, keys] with slopes: minus infinity where a query does not see a key, else 0 or what its distance
        // costs the head.
        private static Tensor Bias(Segment segment, AttentionForm form, Tensor like)
        {
            var (rows, keys, heads) = (segment.Length, segment.PrefixLength + segment.Length, form.Slopes?.Count ?? 1);
            var bias = new double[heads * rows * keys];
            for (var row = 0L; row < rows; row++)
            {
                var position = segment.PrefixLength + row;
                for (var at = 0L; at < keys; at++)
                {
                    var distance = Math.Abs(at - position);
                    var visible =
                        form.Direction == AttentionDirection.Causal
                            ? at <= position && (form.Window == 0 || at > position - form.Window)
                            : form.Window == 0 || distance <= form.Window / 2;
                    for (var head = 0; head < heads; head++)
                        bias[(((head * rows) + row) * keys) + at] = visible
                            ? -(form.Slopes?[head] ?? 0.0) * distance
                            : double.NegativeInfinity;
                }
            }

            var tensor = form.Slopes is null ? Tensor.From(bias, rows, keys) : Tensor.From(bias, heads, rows, keys);
            return Aten.Cast(tensor, like.DType).To(like.Device);
        }
    }
}
