using Assay.Torch.Kernels.Attention;
using Assay.Torch.Native;
using static Assay.Torch.Primitives.PlainAttention;

namespace Assay.Torch.Primitives;

/// <summary>
/// Disentangled attention as it is defined, segment by segment, of libtorch's operators: the oracle of the kernel, and what fp64 and other
/// devices run. Inputs come as queries, keys, values, position keys and position queries; the last two may be null.
/// </summary>
internal static class PlainDisentangledAttention
{
    /// <summary>Fills the result [rows, heads * head dimension].</summary>
    public static void Forward(Tensor?[] inputs, ReadOnlySpan<Segment> segments, DisentangledForm form, Tensor result)
    {
        foreach (var segment in segments)
        {
            if (segment.Length == 0)
                continue;
            using var scope = new TensorScope();
            var part = new Part(inputs, segment, form);
            Rows(result, segment.Start, segment.Length).CopyFrom(Merged(Aten.Matmul(part.Probabilities, part.Value)));
        }
    }

    /// <summary>Fills the gradients, which are zeros, in the order of the inputs.</summary>
    public static void Backward(
        Tensor?[] inputs,
        Tensor upstream,
        ReadOnlySpan<Segment> segments,
        DisentangledForm form,
        Tensor?[] gradients
    )
    {
        foreach (var segment in segments)
        {
            if (segment.Length == 0)
                continue;
            using var scope = new TensorScope();
            var part = new Part(inputs, segment, form);
            var gradient = Split(Rows(upstream, segment.Start, segment.Length), form.Heads);
            var towards = Aten.Matmul(gradient, Turned(part.Value));
            var inner = Aten.Sum(Aten.Multiply(towards, part.Probabilities), [-1], keep: true);
            var scores = Aten.Multiply(Aten.Multiply(part.Probabilities, Aten.Subtract(towards, inner)), form.Scale);
            var (toQuery, toKey) = (Aten.Matmul(scores, part.Key), Aten.Matmul(Turned(scores), part.Query));
            if (part.PositionKey is { } positionKey)
                toQuery = Aten.Add(toQuery, Position(part.Query, positionKey, scores, part.Index, gradients[3]!, part.First));
            if (part.PositionQuery is { } positionQuery)
                toKey = Aten.Add(toKey, Position(part.Key, positionQuery, Turned(scores), part.TurnedIndex, gradients[4]!, part.First));
            foreach (
                var (target, rows) in new[]
                {
                    (gradients[0], toQuery),
                    (gradients[1], toKey),
                    (gradients[2], Aten.Matmul(Turned(part.Probabilities), gradient)),
                }
            )
                Rows(target!, segment.Start, segment.Length).CopyFrom(Merged(rows));
        }
    }

    // Of a term content [heads, n, width] times table [heads, distances, width], gathered by distance: adds the table's gradient, returns
    // the content's.
    private static Tensor Position(Tensor content, Tensor table, Tensor scores, Tensor index, Tensor tableGradient, int first)
    {
        var (heads, length, count) = (content.Shape[0], content.Shape[1], table.Shape[1]);
        var byDistance = Aten.ScatterAdd(Tensor.Zeros(scores.DType, scores.Device, heads, length, count), -1, index, scores);
        Rows(tableGradient, first, count).AddInPlace(Merged(Aten.Matmul(Turned(byDistance), content)));
        return Aten.Matmul(byDistance, table);
    }

    /// <summary>
    /// One segment's inputs [heads, rows, width], its rows by distance [heads, rows, keys], and its probabilities of the same shape.
    /// </summary>
    private sealed class Part
    {
        public Part(Tensor?[] inputs, Segment segment, DisentangledForm form)
        {
            Tensor Of(int input) => Split(Rows(inputs[input]!, segment.Start, segment.Length), form.Heads);
            (Query, Key, Value) = (Of(0), Of(1), Of(2));
            var length = (int)segment.Length;
            (First, var count) = form.Used(length);
            var rows = new long[length * length];
            for (var i = 0; i < rows.Length; i++)
                rows[i] = form.RowOfDistance[form.Middle + (i / length) - (i % length)] - First;
            Index = Aten.Expand(Tensor.From(rows, 1, length, length).To(Query.Device), [form.Heads, length, length]);
            TurnedIndex = Turned(Index);
            var scores = Aten.Matmul(Query, Turned(Key));
            if (inputs[3] is { } positionKey)
            {
                PositionKey = Split(Rows(positionKey, First, count), form.Heads);
                scores = Aten.Add(scores, Aten.Gather(Aten.Matmul(Query, Turned(PositionKey)), -1, Index));
            }

            if (inputs[4] is { } positionQuery)
            {
                PositionQuery = Split(Rows(positionQuery, First, count), form.Heads);
                scores = Aten.Add(scores, Turned(Aten.Gather(Aten.Matmul(Key, Turned(PositionQuery)), -1, TurnedIndex)));
            }

            Probabilities = Aten.Softmax(Aten.Multiply(scores, form.Scale));
        }

        public Tensor Query { get; }

        public Tensor Key { get; }

        public Tensor Value { get; }

        /// <summary>The first row of the tables that this segment uses.</summary>
        public int First { get; }

        public Tensor Index { get; }

        public Tensor TurnedIndex { get; }

        public Tensor? PositionKey { get; }

        public Tensor? PositionQuery { get; }

        public Tensor Probabilities { get; }
    }
}
