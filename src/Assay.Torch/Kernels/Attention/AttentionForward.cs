using Assay.Torch.Kernels.Products;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Kernels.Attention;

/// <summary>
/// The forward pass for some positions of a segment and the heads of one key-value head. Scores lie [keys, queries]: so the softmax runs
/// along the vectors, and the probabilities are at once the left operand of the product with the values.
/// </summary>
internal sealed unsafe class AttentionForward<T>(
    AttentionForm shape,
    StridedRows<T> query,
    StridedRows<T> key,
    StridedRows<T> value,
    StridedRows<T> output,
    float* logSum
)
    where T : unmanaged
{
    private const float NaturalOfLog2 = 0.693147180559945309f;

    private readonly float* _logSum = logSum;

    private readonly struct Memory
    {
        public readonly float* Key,
            Value,
            Query,
            Scores,
            Result,
            Maximum,
            Sum,
            Correction,
            Bias;
        public readonly int* First,
            Last;
        public readonly int KeyStride;

        public static Memory Of(int keys, int dimension)
        {
            var counted = new Pieces(null);
            _ = new Memory(ref counted, keys, dimension);
            var pieces = new Pieces(Scratch.Take(Scratch.Use.Attention, counted.Taken));
            return new Memory(ref pieces, keys, dimension);
        }

        private Memory(ref Pieces pieces, int keys, int dimension)
        {
            var kernels = MicroKernelSet.Best;
            var wide = kernels.PadColumns(dimension);

            // Whole lines, an odd number of them: columns a power of two apart would meet in one set of the cache.
            KeyStride = ((keys + kernels.Rows + 15) / 16 | 1) * 16;
            Key = pieces.Next((long)dimension * KeyStride);
            Value = pieces.Next((long)keys * wide);
            Query = pieces.Next(dimension * QueryTile.Longest);
            Scores = pieces.Next((AttentionTiles.Keys + kernels.Rows) * QueryTile.Longest);
            Result = pieces.Next(QueryTile.Longest * wide);
            Maximum = pieces.Next(QueryTile.Longest);
            Sum = pieces.Next(QueryTile.Longest);
            Correction = pieces.Next(QueryTile.Longest);
            Bias = pieces.Next(QueryTile.Longest);
            First = (int*)pieces.Next(QueryTile.Longest);
            Last = (int*)pieces.Next(QueryTile.Longest);
        }
    }

    public void Run(QueryBlock block, int keyValueHead)
    {
        var (first, last) = block.Visible(shape);
        var memory = Memory.Of(last - first, shape.HeadDimension);
        PackKeys(block.Segment, first, last, keyValueHead, memory);
        foreach (var tile in QueryTile.Of(block, shape, keyValueHead))
        {
            switch (MicroKernelSet.Best.Lanes)
            {
                case 16:
                    RunTile<Lanes512>(tile, first, memory);
                    break;
                case 8:
                    RunTile<Lanes256>(tile, first, memory);
                    break;
                default:
                    RunTile<Lanes128>(tile, first, memory);
                    break;
            }
        }
    }

    private void PackKeys(in Segment segment, int first, int last, int keyValueHead, in Memory memory)
    {
        var (dimension, column) = (shape.HeadDimension, (long)keyValueHead * shape.HeadDimension);
        var wide = MicroKernelSet.Best.PadColumns(dimension);
        Span<KeyRange> ranges = stackalloc KeyRange[2];
        foreach (var range in ranges[..AttentionPlan.Ranges(segment, first, last, ranges)])
        {
            var at = range.Key - first;
            Packing.Transpose(
                key.At(range.Row, column),
                key.Stride,
                range.Count,
                dimension,
                range.Count,
                memory.Key + at,
                memory.KeyStride
            );
            Packing.Copy(value.At(range.Row, column), value.Stride, range.Count, dimension, wide, memory.Value + ((long)at * wide), wide);
        }
    }

    private void RunTile<L>(in QueryTile tile, int origin, in Memory memory)
        where L : struct, ILanes<L>
    {
        var kernels = MicroKernelSet.Best;
        var (dimension, block) = (shape.HeadDimension, tile.Block);
        var (wide, stride) = (kernels.PadColumns(dimension), QueryTile.Longest);
        var queries = kernels.PadColumns(tile.Rows);
        for (var head = 0; head < tile.Heads; head++)
        {
            var fill = head == tile.Heads - 1 ? queries - (head * block.Count) : block.Count;
            Packing.Transpose(
                query.At(block.Segment.Start + block.First, (long)(tile.Head + head) * dimension),
                query.Stride,
                block.Count,
                dimension,
                fill,
                memory.Query + (head * block.Count),
                stride,
                shape.QueryFactor
            );
        }

        tile.Visible(shape, origin, stride, memory.First, memory.Last);
        new Span<float>(memory.Maximum, stride).Fill(ScoreTile.NoKeyYet);
        new Span<float>(memory.Sum, stride).Clear();
        var (first, last) = block.Visible(shape);
        (first, last) = (first - origin, last - origin);
        for (var from = first; from < last; from += AttentionTiles.Keys)
        {
            var keys = Math.Min(AttentionTiles.Keys, last - from);
            kernels.Multiply(
                memory.Key + from,
                memory.KeyStride,
                memory.Query,
                stride,
                dimension,
                memory.Scores,
                stride,
                kernels.PadRows(keys),
                queries,
                false
            );
            if (shape.AdjustsScores)
            {
                Adjust<L>(tile, from + origin, keys, queries, memory);
            }

            ScoreTile.Mask(memory.Scores, stride, from, keys, queries, memory.First, memory.Last);
            ScoreTile.Softmax<L>(memory.Scores, stride, keys, queries, memory.Maximum, memory.Sum, memory.Correction);
            if (from > first)
            {
                ScoreTile.ScaleRows<L>(memory.Result, wide, tile.Rows, memory.Correction);
            }

            kernels.Multiply(
                memory.Scores,
                stride,
                memory.Value + ((long)from * wide),
                wide,
                keys,
                memory.Result,
                wide,
                kernels.PadRows(tile.Rows),
                wide,
                from > first
            );
        }

        Store(tile, wide, memory);
    }

    private void Adjust<L>(in QueryTile tile, int firstKey, int keys, int queries, in Memory memory)
        where L : struct, ILanes<L>
    {
        for (var i = 0; i < keys; i++)
        {
            for (var row = 0; shape.Slopes is not null && row < tile.Rows; row++)
            {
                var distance = Math.Abs(firstKey + i - tile.Block.Position - (row % tile.Block.Count));
                memory.Bias[row] = -(float)shape.Slopes[tile.Head + (row / tile.Block.Count)] * distance;
            }

            ScoreTile.Adjust<L>(
                memory.Scores + (i * QueryTile.Longest),
                queries,
                (float)shape.SoftCap,
                shape.Slopes is null ? null : memory.Bias,
                null
            );
        }
    }

    private void Store(in QueryTile tile, int wide, in Memory memory)
    {
        for (var row = 0; row < tile.Rows; row++)
        {
            var at = tile.Block.Segment.Start + tile.Block.First + (row % tile.Block.Count);
            var head = tile.Head + (row / tile.Block.Count);
            Packing.Store(
                memory.Result + (row * wide),
                shape.HeadDimension,
                1 / memory.Sum[row],
                output.At(at, (long)head * shape.HeadDimension)
            );
            _logSum[(at * shape.Heads) + head] = (memory.Maximum[row] + MathF.Log2(memory.Sum[row])) * NaturalOfLog2;
        }
    }
}
