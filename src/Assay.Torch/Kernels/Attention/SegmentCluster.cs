namespace Assay.Torch.Kernels.Attention;

/// <summary>Segments that share rows: rows [Start, End) hold them and their prefixes, and nobody else's.</summary>
internal sealed record SegmentCluster(int Start, int End, List<Segment> Segments);
