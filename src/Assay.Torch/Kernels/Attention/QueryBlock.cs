namespace Assay.Torch.Kernels.Attention;

/// <summary>Query positions [First, First + Count) of a segment, counted from its own first row.</summary>
internal readonly record struct QueryBlock(Segment Segment, int First, int Count)
{
    public int Keys => (int)(Segment.PrefixLength + Segment.Length);

    /// <summary>True position of the first query.</summary>
    public int Position => (int)Segment.PrefixLength + First;

    /// <summary>The range of keys that any of the queries sees.</summary>
    public (int First, int Last) Visible(AttentionForm shape) =>
        (shape.Visible(Position, Keys).First, shape.Visible(Position + Count - 1, Keys).Last);

    /// <summary>Cuts into blocks of at most <paramref name="longest"/> positions.</summary>
    public IEnumerable<QueryBlock> Cut(int longest)
    {
        for (var first = 0; first < Count; first += longest)
        {
            yield return this with
            {
                First = First + first,
                Count = Math.Min(longest, Count - first),
            };
        }
    }
}
