using System.Runtime.InteropServices;
using Assay.Torch.Kernels.Products;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Kernels.Attention;

/// <summary>
/// The backward pass for a cluster of segments and the heads of one key-value head: the gradients of its keys and values are added up here,
/// in the order of the segments, heads and tiles. Scores lie [queries, keys], which is what four of the five products want.
/// </summary>
internal sealed unsafe class AttentionBackward<T>(
    AttentionForm shape,
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
    private readonly float* _logSum = logSum;

    private readonly struct Memory
    {
        // Of the cluster: keys and values with the head's dimension outermost, keys again by rows, and the sums of the gradients.
        public readonly float* Key,
            Value,
            KeyRows,
            KeySum,
            ValueSum;

        // Of a tile of queries: queries and gradients both ways.
        public readonly float* Query,
            Gradient,
            QueryRows,
            GradientRows,
            Result,
            LogSum,
            Delta;
        public readonly float* Scores,
            ScoreGradients,
            Transposed,
            Derivatives,
            Bias;
        public readonly int* First,
            Last;
        public readonly int KeyStride;

        public static Memory Of(int rows, int dimension)
        {
            var counted = new Pieces(null);
            _ = new Memory(ref counted, rows, dimension);
            var pieces = new Pieces(Scratch.Take(Scratch.Use.Attention, counted.Taken));
            return new Memory(ref pieces, rows, dimension);
        }

        private Memory(ref Pieces pieces, int rows, int dimension)
        {
            var kernels = MicroKernelSet.Best;
            var wide = kernels.PadColumns(dimension);

            // Whole lines, an odd number of them: columns a power of two apart would meet in one set of the cache.
            KeyStride = ((rows + kernels.Columns + 15) / 16 | 1) * 16;
            Key = pieces.Next((long)dimension * KeyStride);
            Value = pieces.Next((long)dimension * KeyStride);
            KeyRows = pieces.Next((long)rows * wide);
            KeySum = pieces.Next((long)(rows + kernels.Rows) * wide);
            ValueSum = pieces.Next((long)(rows + kernels.Rows) * wide);
            Query = pieces.Next(dimension * QueryTile.Longest);
            Gradient = pieces.Next(dimension * QueryTile.Longest);
            QueryRows = pieces.Next(QueryTile.Longest * wide);
            GradientRows = pieces.Next(QueryTile.Longest * wide);
            Result = pieces.Next(QueryTile.Longest * wide);
            LogSum = pieces.Next(QueryTile.Longest);
            Delta = pieces.Next(QueryTile.Longest);
            var tile = QueryTile.Longest * (AttentionTiles.BackwardKeys + kernels.Columns);
            Scores = pieces.Next(tile);
            ScoreGradients = pieces.Next(tile);
            Transposed = pieces.Next(tile);
            Derivatives = pieces.Next(tile);
            Bias = pieces.Next(AttentionTiles.BackwardKeys + kernels.Columns);
            First = (int*)pieces.Next(QueryTile.Longest);
            Last = (int*)pieces.Next(QueryTile.Longest);
        }
    }

    private int Wide => MicroKernelSet.Best.PadColumns(shape.HeadDimension);

    public void Run(SegmentCluster cluster, int keyValueHead)
    {
        var rows = cluster.End - cluster.Start;
        var (dimension, column, wide) = (shape.HeadDimension, (long)keyValueHead * shape.HeadDimension, Wide);
        var memory = Memory.Of(rows, dimension);
        var padded = memory.KeyStride;
        Packing.Transpose(key.At(cluster.Start, column), key.Stride, rows, dimension, padded, memory.Key, padded);
        Packing.Transpose(value.At(cluster.Start, column), value.Stride, rows, dimension, padded, memory.Value, padded);
        Packing.Copy(key.At(cluster.Start, column), key.Stride, rows, dimension, wide, memory.KeyRows, wide);
        NativeMemory.Clear(memory.KeySum, (nuint)rows * (nuint)wide * sizeof(float));
        NativeMemory.Clear(memory.ValueSum, (nuint)rows * (nuint)wide * sizeof(float));
        foreach (var segment in cluster.Segments)
        {
            foreach (var tile in QueryTile.Of(new(segment, 0, (int)segment.Length), shape, keyValueHead))
            {
                RunTile(tile, cluster.Start, memory);
            }
        }

        for (var row = 0; row < rows; row++)
        {
            Packing.Store(memory.KeySum + ((long)row * wide), dimension, (float)shape.Scale, keyGradient.At(cluster.Start + row, column));
            Packing.Store(memory.ValueSum + ((long)row * wide), dimension, 1, valueGradient.At(cluster.Start + row, column));
        }
    }

    private void RunTile(in QueryTile tile, int clusterStart, in Memory memory)
    {
        LoadQueries(tile, memory);
        var (first, last) = tile.Block.Visible(shape);
        Span<KeyRange> ranges = stackalloc KeyRange[2];
        var accumulate = false;
        foreach (var range in ranges[..AttentionPlan.Ranges(tile.Block.Segment, first, last, ranges)])
        {
            for (var from = 0; from < range.Count; from += AttentionTiles.BackwardKeys)
            {
                var keys = Math.Min(AttentionTiles.BackwardKeys, range.Count - from);
                var row = range.Row + from - clusterStart;
                switch (MicroKernelSet.Best.Lanes)
                {
                    case 16:
                        RunKeys<Lanes512>(tile, range.Key + from, row, keys, accumulate, memory);
                        break;
                    case 8:
                        RunKeys<Lanes256>(tile, range.Key + from, row, keys, accumulate, memory);
                        break;
                    default:
                        RunKeys<Lanes128>(tile, range.Key + from, row, keys, accumulate, memory);
                        break;
                }

                accumulate = true;
            }
        }

        for (var row = 0; row < tile.Rows; row++)
        {
            Packing.Store(
                memory.Result + (row * Wide),
                shape.HeadDimension,
                (float)shape.Scale,
                queryGradient.At(RowOf(tile, row), ColumnOf(tile, row))
            );
        }
    }

    private void LoadQueries(in QueryTile tile, in Memory memory)
    {
        var (dimension, wide, count) = (shape.HeadDimension, Wide, tile.Block.Count);
        var stride = QueryTile.Longest;
        for (var head = 0; head < tile.Heads; head++)
        {
            var (row, column) = (RowOf(tile, 0), (long)(tile.Head + head) * dimension);
            var from = head * count;
            var fill = head == tile.Heads - 1 ? MicroKernelSet.Best.PadRows(tile.Rows) - from : count;
            Packing.Transpose(query.At(row, column), query.Stride, count, dimension, fill, memory.Query + from, stride, shape.QueryFactor);
            Packing.Transpose(
                outputGradient.At(row, column),
                outputGradient.Stride,
                count,
                dimension,
                fill,
                memory.Gradient + from,
                stride
            );
            Packing.Copy(query.At(row, column), query.Stride, count, dimension, wide, memory.QueryRows + (from * wide), wide);
            Packing.Copy(
                outputGradient.At(row, column),
                outputGradient.Stride,
                count,
                dimension,
                wide,
                memory.GradientRows + (from * wide),
                wide
            );
        }

        for (var i = 0; i < tile.Rows; i++)
        {
            memory.LogSum[i] = _logSum[(RowOf(tile, i) * shape.Heads) + tile.Head + (i / count)] * AttentionForm.Log2OfE;
            memory.Delta[i] = Packing.Dot(memory.GradientRows + (i * wide), output.At(RowOf(tile, i), ColumnOf(tile, i)), dimension);
        }

        tile.Visible(shape, 0, stride, memory.First, memory.Last);
    }

    private void RunKeys<L>(in QueryTile tile, int firstKey, int row, int keys, bool accumulate, in Memory memory)
        where L : struct, ILanes<L>
    {
        var kernels = MicroKernelSet.Best;
        var (wide, stride, dimension) = (Wide, AttentionTiles.BackwardKeys + kernels.Columns, shape.HeadDimension);
        var (queries, padQueries, padKeys) = (tile.Rows, kernels.PadRows(tile.Rows), kernels.PadColumns(keys));
        kernels.Multiply(
            memory.Query,
            QueryTile.Longest,
            memory.Key + row,
            memory.KeyStride,
            dimension,
            memory.Scores,
            stride,
            padQueries,
            padKeys,
            false
        );
        kernels.Multiply(
            memory.Gradient,
            QueryTile.Longest,
            memory.Value + row,
            memory.KeyStride,
            dimension,
            memory.ScoreGradients,
            stride,
            padQueries,
            padKeys,
            false
        );
        var derivatives = shape.SoftCap == 0 ? null : memory.Derivatives;
        for (var i = 0; shape.AdjustsScores && i < queries; i++)
        {
            Adjust<L>(
                tile,
                i,
                firstKey,
                padKeys,
                memory.Scores + (i * stride),
                derivatives is null ? null : derivatives + (i * stride),
                memory
            );
        }

        ScoreTile.Backward<L>(
            memory.Scores,
            memory.ScoreGradients,
            stride,
            queries,
            firstKey,
            keys,
            padKeys,
            memory.First,
            memory.Last,
            memory.LogSum,
            memory.Delta
        );
        for (var i = 0; derivatives is not null && i < queries; i++)
        {
            ScoreTile.Multiply<L>(memory.ScoreGradients + (i * stride), derivatives + (i * stride), padKeys);
        }

        var (keySum, valueSum) = ((nint)(memory.KeySum + ((long)row * wide)), (nint)(memory.ValueSum + ((long)row * wide)));
        kernels.Multiply(
            memory.Scores,
            stride,
            memory.GradientRows,
            wide,
            queries,
            (float*)valueSum,
            wide,
            kernels.PadRows(keys),
            wide,
            true
        );
        kernels.Multiply(
            memory.ScoreGradients,
            stride,
            memory.QueryRows,
            wide,
            queries,
            (float*)keySum,
            wide,
            kernels.PadRows(keys),
            wide,
            true
        );
        Packing.Transpose(memory.ScoreGradients, stride, queries, keys, padQueries, memory.Transposed, QueryTile.Longest);
        kernels.Multiply(
            memory.Transposed,
            QueryTile.Longest,
            memory.KeyRows + ((long)row * wide),
            wide,
            keys,
            memory.Result,
            wide,
            padQueries,
            wide,
            accumulate
        );
    }

    private void Adjust<L>(in QueryTile tile, int row, int firstKey, int count, float* scores, float* derivative, in Memory memory)
        where L : struct, ILanes<L>
    {
        var position = tile.Block.Position + (row % tile.Block.Count);
        for (var i = 0; shape.Slopes is not null && i < count; i++)
        {
            memory.Bias[i] = -(float)shape.Slopes[tile.Head + (row / tile.Block.Count)] * Math.Abs(firstKey + i - position);
        }

        ScoreTile.Adjust<L>(scores, count, (float)shape.SoftCap, shape.Slopes is null ? null : memory.Bias, derivative);
    }

    private static long RowOf(in QueryTile tile, int row) => tile.Block.Segment.Start + tile.Block.First + (row % tile.Block.Count);

    private long ColumnOf(in QueryTile tile, int row) => (long)(tile.Head + (row / tile.Block.Count)) * shape.HeadDimension;
}
