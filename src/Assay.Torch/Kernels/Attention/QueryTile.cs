namespace Assay.Torch.Kernels.Attention;

/// <summary>
/// Queries that are computed together: some positions of some heads that share keys and values, head after head. Stacking the heads of a
/// group fills the kernels' blocks from few positions, so that little is computed above a causal diagonal, and loads keys and values once
/// for all of them.
/// </summary>
/// <param name="Block">The positions.</param>
/// <param name="Head">The first query head.</param>
/// <param name="Heads">How many.</param>
internal readonly record struct QueryTile(QueryBlock Block, int Head, int Heads)
{
    /// <summary>Queries of a tile: a multiple of every kernel's rows and columns.</summary>
    public const int Longest = 96;

    private const int MostHeads = 6;

    public int Rows => Block.Count * Heads;

    /// <summary>Tiles of a block for the heads of one key-value head, in a fixed order.</summary>
    public static IEnumerable<QueryTile> Of(QueryBlock block, AttentionForm shape, int keyValueHead)
    {
        var parts = (shape.Group + MostHeads - 1) / MostHeads;
        var heads = (shape.Group + parts - 1) / parts;
        for (var first = 0; first < shape.Group; first += heads)
        {
            var count = Math.Min(heads, shape.Group - first);
            foreach (var positions in block.Cut(Longest / count))
            {
                yield return new(positions, (keyValueHead * shape.Group) + first, count);
            }
        }
    }

    /// <summary>
    /// For each query the keys it sees, relative to <paramref name="origin"/>; queries that only fill up see all of them.
    /// </summary>
    public unsafe void Visible(AttentionForm shape, int origin, int padded, int* first, int* last)
    {
        for (var row = 0; row < Rows; row++)
        {
            var (begin, end) = shape.Visible(Block.Position + (row % Block.Count), Block.Keys);
            (first[row], last[row]) = (begin - origin, end - origin);
        }

        for (var row = Rows; row < padded; row++)
        {
            (first[row], last[row]) = (0, int.MaxValue);
        }
    }
}
