namespace Assay.Torch.Kernels.Attention;

/// <summary>How many keys are computed at a time.</summary>
internal static class AttentionTiles
{
    /// <summary>Scores of a tile of queries: 72 KB, in the second cache beside the packed keys and values.</summary>
    public const int Keys = 192;

    /// <summary>Three tiles of scores are alive at once.</summary>
    public const int BackwardKeys = 96;
}
