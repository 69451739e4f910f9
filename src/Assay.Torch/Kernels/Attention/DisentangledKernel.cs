using System.Numerics.Tensors;
using Assay.Torch.Kernels.Products;

namespace Assay.Torch.Kernels.Attention;

/// <summary>
/// Disentangled attention on the CPU in fp32, a segment and head at a time: three products, of which two are gathered by distance into the
/// first, then a softmax. The backward computes the probabilities again from the saved logarithm of the sum. Results do not depend on the
/// number of threads: a forward task writes rows and columns of its own, and a backward task has a head to itself and goes through the
/// segments in order.
/// </summary>
internal static unsafe class DisentangledKernel
{
    /// <param name="inputs">Queries, keys, values [rows, heads * head dimension], position keys and position queries [distances, heads *
    /// head dimension] or null.</param>
    /// <param name="segments">In order, not overlapping, none with a prefix.</param>
    /// <param name="form">Heads, scale, distances.</param>
    /// <param name="result">As the queries; rows of no segment are left alone.</param>
    /// <param name="logSum">[rows, heads]: the logarithm of the sum of the exponentials of the scores.</param>
    public static void Forward(Tensor?[] inputs, Segment[] segments, DisentangledForm form, Tensor result, Tensor logSum)
    {
        Segment[] longestFirst = [.. segments.Where(segment => segment.Length > 0).OrderByDescending(segment => segment.Length)];
        WorkPool.Run(
            longestFirst.Length * form.Heads,
            (task, _) =>
            {
                var work = new Work(inputs, longestFirst[task / form.Heads], task % form.Heads, form);
                work.Score();
                var sums = logSum.Floats + (work.Start * form.Heads) + work.Head;
                for (var row = 0; row < work.Length; row++)
                    sums[(long)row * form.Heads] = work.Softmax(row);
                Gemm.Multiply(work.Scores, work.Rows(inputs[2]!), work.At(result), work.Width);
            }
        );
        KeepAlive(inputs, result, logSum);
    }

    /// <param name="inputs">As in the forward pass, like all that is not named here.</param>
    /// <param name="result">The forward pass's.</param>
    /// <param name="logSum">The forward pass's.</param>
    /// <param name="upstream">As the result.</param>
    /// <param name="gradients">In the order of the inputs, of their shapes, zeros.</param>
    public static void Backward(
        Tensor?[] inputs,
        Tensor result,
        Tensor logSum,
        Tensor upstream,
        Segment[] segments,
        DisentangledForm form,
        Tensor?[] gradients
    )
    {
        WorkPool.Run(
            form.Heads,
            (head, _) =>
            {
                foreach (var segment in segments)
                {
                    if (segment.Length == 0)
                        continue;
                    var work = new Work(inputs, segment, head, form);
                    work.Score();
                    work.Recall(logSum.Floats + (work.Start * form.Heads) + head, form.Heads);
                    var (query, key, up) = (work.Rows(inputs[0]!), work.Rows(inputs[1]!), work.Rows(upstream));
                    Gemm.Multiply(work.Scores.Transposed, up, work.At(gradients[2]!), work.Width);
                    work.Descend(up, work.Rows(inputs[2]!), work.Rows(result));
                    Gemm.Multiply(work.Scores, key, work.At(gradients[0]!), work.Width);
                    Gemm.Multiply(work.Scores.Transposed, query, work.At(gradients[1]!), work.Width);
                    if (inputs[3] is { } positionKey)
                        work.Spread(work.ByQuery, areKeys: false, query, positionKey, work.At(gradients[0]!), gradients[3]!);
                    if (inputs[4] is { } positionQuery)
                        work.Spread(work.ByKey, areKeys: true, key, positionQuery, work.At(gradients[1]!), gradients[4]!);
                }
            }
        );
        KeepAlive([.. inputs, .. gradients], result, logSum);
        GC.KeepAlive(upstream);
    }

    private static void KeepAlive(Tensor?[] tensors, Tensor result, Tensor logSum)
    {
        GC.KeepAlive(tensors);
        GC.KeepAlive(result);
        GC.KeepAlive(logSum);
    }

    /// <summary>A segment and head: where its parts lie, and a thread's memory for its scores.</summary>
    private readonly struct Work
    {
        /// <summary>Products by distance go by so many rows, which together meet little more than half of all distances.</summary>
        private const int BandRows = 64;

        private readonly DisentangledForm _form;
        private readonly Tensor?[] _inputs;
        private readonly int _first;
        private readonly float* _towards;

        public Work(Tensor?[] inputs, Segment segment, int head, DisentangledForm form)
        {
            (_inputs, _form, Head) = (inputs, form, head);
            (Start, Length, Width) = (segment.Start, (int)segment.Length, form.Heads * form.HeadDimension);
            (_first, var count) = form.Used(Length);
            long square = (long)Length * Length,
                rectangle = (long)Length * count;
            var memory = Scratch.Take(Scratch.Use.Attention, (2 * square) + (2 * rectangle));
            Scores = new MatrixView(memory, Length, Length);
            _towards = memory + square;
            ByQuery = new MatrixView(_towards + square, Length, count);
            ByKey = new MatrixView(_towards + square + rectangle, Length, count);
        }

        public int Head { get; }

        public long Start { get; }

        public int Length { get; }

        public int Width { get; }

        /// <summary>[length, length]: scores, then probabilities, then the scores' gradients.</summary>
        public MatrixView Scores { get; }

        /// <summary>[length, distances]: each query times the position keys; then the gradient of that.</summary>
        public MatrixView ByQuery { get; }

        /// <summary>[length, distances]: each key times the position queries; then the gradient of that.</summary>
        public MatrixView ByKey { get; }

        /// <summary>This head's first number of this segment's first row.</summary>
        public float* At(Tensor rows) => rows.Floats + (Start * Width) + (Head * _form.HeadDimension);

        public MatrixView Rows(Tensor rows) => new(At(rows), Length, _form.HeadDimension, Width, 1);

        /// <summary>The scaled scores.</summary>
        public void Score()
        {
            Gemm.Multiply(Rows(_inputs[0]!), Rows(_inputs[1]!).Transposed, Scores.Data, Length);
            if (_inputs[3] is { } positionKey)
                Project(Rows(_inputs[0]!), positionKey, ByQuery, areKeys: false);
            if (_inputs[4] is { } positionQuery)
                Project(Rows(_inputs[1]!), positionQuery, ByKey, areKeys: true);
            var (factor, columns) = ((float)_form.Scale, ByQuery.Columns);
            fixed (int* rowOfDistance = _form.RowOfDistance)
            {
                for (var i = 0; i < Length; i++)
                {
                    var scores = Scores.At(i, 0);
                    var row = rowOfDistance + _form.Middle + i; // distances fall with the key
                    if (_inputs[3] is not null)
                    {
                        var byQuery = ByQuery.At(i, 0) - _first;
                        for (var j = 0; j < Length; j++)
                            scores[j] += byQuery[row[-j]];
                    }

                    if (_inputs[4] is not null)
                    {
                        var byKey = ByKey.Data - _first;
                        for (var j = 0; j < Length; j++, byKey += columns)
                            scores[j] += byKey[row[-j]];
                    }

                    var scaled = new Span<float>(scores, Length);
                    TensorPrimitives.Multiply(scaled, factor, scaled);
                }
            }
        }

        /// <summary>Makes a row of scores probabilities; returns the logarithm of their sum.</summary>
        public float Softmax(int row)
        {
            var scores = new Span<float>(Scores.At(row, 0), Length);
            var largest = TensorPrimitives.Max(scores);
            TensorPrimitives.Subtract(scores, largest, scores);
            TensorPrimitives.Exp(scores, scores);
            var sum = TensorPrimitives.Sum(scores);
            TensorPrimitives.Divide(scores, sum, scores);
            return largest + MathF.Log(sum);
        }

        /// <summary>Makes the scores probabilities by the logarithms of their sums.</summary>
        public void Recall(float* logSum, int stride)
        {
            for (var row = 0; row < Length; row++)
            {
                var scores = new Span<float>(Scores.At(row, 0), Length);
                TensorPrimitives.Subtract(scores, logSum[(long)row * stride], scores);
                TensorPrimitives.Exp(scores, scores);
            }
        }

        /// <summary>Makes the probabilities the gradients of the scores, and adds these up by distance.</summary>
        public void Descend(MatrixView upstream, MatrixView value, MatrixView result)
        {
            Gemm.Multiply(upstream, value.Transposed, _towards, Length);
            new Span<float>(ByQuery.Data, 2 * Length * ByQuery.Columns).Clear(); // and by key, which follows
            var (factor, columns) = ((float)_form.Scale, ByQuery.Columns);
            var towards = _towards;
            fixed (int* rowOfDistance = _form.RowOfDistance)
            {
                for (var i = 0; i < Length; i++, towards += Length)
                {
                    var slopes = new Span<float>(towards, Length);
                    var probabilities = new Span<float>(Scores.At(i, 0), Length);
                    var inner = TensorPrimitives.Dot(
                        new ReadOnlySpan<float>(upstream.At(i, 0), upstream.Columns),
                        new ReadOnlySpan<float>(result.At(i, 0), result.Columns)
                    );
                    TensorPrimitives.Subtract(slopes, inner, slopes);
                    TensorPrimitives.Multiply(slopes, factor, slopes);
                    TensorPrimitives.Multiply(probabilities, slopes, probabilities);
                    var scores = Scores.At(i, 0);
                    var row = rowOfDistance + _form.Middle + i;
                    var byQuery = ByQuery.At(i, 0) - _first;
                    var byKey = ByKey.Data - _first;
                    for (var j = 0; j < Length; j++, byKey += columns)
                    {
                        byQuery[row[-j]] += scores[j];
                        byKey[row[-j]] += scores[j];
                    }
                }
            }
        }

        /// <summary>Adds to the gradients of some content and of its table what the gradients by distance say.</summary>
        public void Spread(
            MatrixView byDistance,
            bool areKeys,
            MatrixView content,
            Tensor table,
            float* contentGradient,
            Tensor tableGradient
        )
        {
            for (var from = 0; from < Length; from += BandRows)
            {
                var rows = Math.Min(BandRows, Length - from);
                var (first, count) = Band(from, from + rows, areKeys);
                var band = new MatrixView(byDistance.At(from, first - _first), rows, count, byDistance.RowStride, 1);
                Gemm.Multiply(band, Table(table, first, count), contentGradient + ((long)from * Width), Width, accumulate: true);
                Gemm.Multiply(band.Transposed, Part(content, from, rows), Table(tableGradient, first, count).Data, Width, accumulate: true);
            }
        }

        private void Project(MatrixView content, Tensor table, MatrixView byDistance, bool areKeys)
        {
            for (var from = 0; from < Length; from += BandRows)
            {
                var rows = Math.Min(BandRows, Length - from);
                var (first, count) = Band(from, from + rows, areKeys);
                Gemm.Multiply(
                    Part(content, from, rows),
                    Table(table, first, count).Transposed,
                    byDistance.At(from, first - _first),
                    byDistance.RowStride
                );
            }
        }

        /// <summary>The table's rows of all distances that the queries, or keys, [from, to) have.</summary>
        private (int First, int Count) Band(int from, int to, bool areKeys)
        {
            var (nearest, farthest) = areKeys ? (1 - to, Length - 1 - from) : (from - (Length - 1), to - 1);
            var first = _form.RowOfDistance[_form.Middle + nearest];
            return (first, _form.RowOfDistance[_form.Middle + farthest] - first + 1);
        }

        private MatrixView Table(Tensor table, int first, int count) =>
            new(table.Floats + ((long)first * Width) + (Head * _form.HeadDimension), count, _form.HeadDimension, Width, 1);

        private static MatrixView Part(MatrixView rows, int from, int count) =>
            new(rows.At(from, 0), count, rows.Columns, rows.RowStride, 1);
    }
}
