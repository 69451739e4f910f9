namespace Assay.Torch.Kernels.Attention;

/// <summary>Cuts a table of segments into work that does not meet.</summary>
internal static class AttentionPlan
{
    /// <exception cref="ArgumentException">The segments are not in order, or leave the rows.</exception>
    public static void Check(ReadOnlySpan<Segment> segments, int rows)
    {
        long end = 0;
        foreach (var segment in segments)
        {
            var prefixEnd = segment.PrefixStart + segment.PrefixLength;
            if (
                segment.Start < end
                || segment.Length < 0
                || segment.Start + segment.Length > rows
                || segment.PrefixStart < 0
                || segment.PrefixLength < 0
                || (segment.PrefixLength > 0 && prefixEnd > segment.Start)
            )
            {
                throw new ArgumentException(
                    $"{segment} among {rows} rows: segments must be in order of their start, not overlap, and follow their prefix."
                );
            }

            end = segment.Start + segment.Length;
        }
    }

    /// <summary>Blocks of queries, the ones with most work first: the last to finish should be a small one.</summary>
    public static List<QueryBlock> Blocks(ReadOnlySpan<Segment> segments, AttentionForm shape, int longest)
    {
        var blocks = new List<QueryBlock>();
        foreach (var segment in segments)
        {
            blocks.AddRange(new QueryBlock(segment, 0, (int)segment.Length).Cut(longest));
        }

        return [.. blocks.OrderByDescending(block => block.Visible(shape) is var (first, last) ? (long)(last - first) * block.Count : 0)];
    }

    /// <summary>Clusters, the ones with most work first.</summary>
    public static List<SegmentCluster> Clusters(ReadOnlySpan<Segment> segments)
    {
        var clusters = new List<SegmentCluster>();
        foreach (var segment in segments)
        {
            if (segment.Length == 0)
            {
                continue;
            }

            var start = (int)(segment.PrefixLength > 0 ? segment.PrefixStart : segment.Start);
            var joined = new SegmentCluster(start, (int)(segment.Start + segment.Length), [segment]);
            while (clusters.Count > 0 && clusters[^1].End > start)
            {
                var last = clusters[^1];
                clusters.RemoveAt(clusters.Count - 1);
                joined = new(Math.Min(last.Start, joined.Start), joined.End, [.. last.Segments, .. joined.Segments]);
            }

            clusters.Add(joined);
        }

        return [.. clusters.OrderByDescending(cluster => cluster.Segments.Sum(one => one.Length * (one.PrefixLength + one.Length)))];
    }

    /// <summary>The rows of keys [first, last) of a segment: of its prefix, then of its own; one range if they touch.</summary>
    public static int Ranges(in Segment segment, int first, int last, Span<KeyRange> ranges)
    {
        var prefix = (int)segment.PrefixLength;
        if (prefix == 0 || segment.PrefixStart + prefix == segment.Start)
        {
            ranges[0] = new(first, (int)(segment.Start - prefix + first), last - first);
            return 1;
        }

        var count = 0;
        if (first < prefix)
        {
            ranges[count++] = new(first, (int)segment.PrefixStart + first, Math.Min(prefix, last) - first);
        }

        var own = Math.Max(first, prefix);
        if (own < last)
        {
            ranges[count++] = new(own, (int)segment.Start + own - prefix, last - own);
        }

        return count;
    }
}

/// <summary>Segments that share rows: rows [Start, End) hold them and their prefixes, and nobody else's.</summary>
internal sealed record SegmentCluster(int Start, int End, List<Segment> Segments);

/// <summary>Keys of a sequence that lie in consecutive rows.</summary>
/// <param name="Key">Index of the first one in its sequence.</param>
/// <param name="Row">Its row.</param>
/// <param name="Count">How many.</param>
internal readonly record struct KeyRange(int Key, int Row, int Count);
