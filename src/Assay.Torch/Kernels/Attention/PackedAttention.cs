namespace Assay.Torch.Kernels.Attention;

/// <summary>
/// Attention of packed sequences on the CPU, in fp32 inside whatever the storage: tiles of queries and keys with a running softmax, after
/// Dao et al., "FlashAttention" (2022). The backward pass computes the probabilities again from the saved logarithm of the sum. Results do
/// not depend on the number of threads: tasks write to rows and columns of their own, and what a task adds up it adds in an order that
/// follows from the segments alone.
/// </summary>
internal static unsafe class PackedAttention
{
    /// <summary>
    /// Positions of a task of the forward pass: long enough for packing the keys to cost nothing beside, short enough to keep all threads
    /// busy.
    /// </summary>
    private const int TaskPositions = 384;

    /// <param name="shape">Heads, scale, mask.</param>
    /// <param name="segments">In order of their start, not overlapping; a prefix lies before its segment.</param>
    /// <param name="rows">Rows of all inputs and results.</param>
    /// <param name="query">[rows, heads * headDimension]</param>
    /// <param name="key">[rows, keyValueHeads * headDimension]</param>
    /// <param name="value">[rows, keyValueHeads * headDimension]</param>
    /// <param name="output">As the query; rows of no segment get zeros.</param>
    /// <param name="logSum">
    /// [rows, heads]: the logarithm of the sum of the exponentials of the scores, for the backward pass. Rows of no segment are left alone.
    /// </param>
    public static void Forward<T>(
        AttentionForm shape,
        ReadOnlySpan<Segment> segments,
        int rows,
        StridedRows<T> query,
        StridedRows<T> key,
        StridedRows<T> value,
        StridedRows<T> output,
        float* logSum
    )
        where T : unmanaged
    {
        AttentionPlan.Check(segments, rows);
        ClearOutside(segments, rows, output, shape.Heads * shape.HeadDimension);
        var blocks = AttentionPlan.Blocks(segments, shape, TaskPositions);
        var pass = new AttentionForward<T>(shape, query, key, value, output, logSum);
        WorkPool.Run(
            blocks.Count * shape.KeyValueHeads,
            (task, _) => pass.Run(blocks[task / shape.KeyValueHeads], task % shape.KeyValueHeads)
        );
    }

    /// <param name="shape">As in the forward pass, like all that is not named here.</param>
    /// <param name="output">The forward pass's result.</param>
    /// <param name="logSum">The forward pass's result.</param>
    /// <param name="outputGradient">As the output.</param>
    /// <param name="queryGradient">As the query; overwritten, with zeros for rows of no segment.</param>
    /// <param name="keyGradient">As the key; overwritten, with zeros for rows that no query sees.</param>
    /// <param name="valueGradient">As the value; overwritten, with zeros for rows that no query sees.</param>
    public static void Backward<T>(
        AttentionForm shape,
        ReadOnlySpan<Segment> segments,
        int rows,
        StridedRows<T> query,
        StridedRows<T> key,
        StridedRows<T> value,
        StridedRows<T> output,
        float* logSum,
        StridedRows<T> outputGradient,
        StridedRows<T> queryGradient,
        StridedRows<T> keyGradient,
        StridedRows<T> valueGradient
    )
        where T : unmanaged
    {
        AttentionPlan.Check(segments, rows);
        var clusters = AttentionPlan.Clusters(segments);
        ClearOutside(segments, rows, queryGradient, shape.Heads * shape.HeadDimension);
        Segment[] inOrder = [.. clusters.OrderBy(one => one.Start).Select(one => new Segment(one.Start, one.End - one.Start))];
        ClearOutside<T>(inOrder, rows, keyGradient, shape.KeyValueHeads * shape.HeadDimension);
        ClearOutside<T>(inOrder, rows, valueGradient, shape.KeyValueHeads * shape.HeadDimension);
        var pass = new AttentionBackward<T>(
            shape,
            query,
            key,
            value,
            output,
            logSum,
            outputGradient,
            queryGradient,
            keyGradient,
            valueGradient
        );
        WorkPool.Run(
            clusters.Count * shape.KeyValueHeads,
            (task, _) => pass.Run(clusters[task / shape.KeyValueHeads], task % shape.KeyValueHeads)
        );
    }

    private static void ClearOutside<T>(ReadOnlySpan<Segment> segments, int rows, StridedRows<T> data, int width)
        where T : unmanaged
    {
        long row = 0;
        foreach (var segment in segments)
        {
            for (; row < segment.Start; row++)
            {
                new Span<T>(data.At(row, 0), width).Clear();
            }

            row = segment.Start + segment.Length;
        }

        for (; row < rows; row++)
        {
            new Span<T>(data.At(row, 0), width).Clear();
        }
    }
}
