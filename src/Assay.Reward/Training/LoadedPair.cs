using Assay.Data;

namespace Assay.Reward.Training;

/// <summary>A usable pair with where it stood.</summary>
internal sealed record LoadedPair(string File, PreferencePair Pair, ReadOnlyMemory<byte> Raw)
{
    /// <summary>The ratings of the one answer that this then is; null for pairs.</summary>
    public IReadOnlyList<double?>? Ratings { get; init; }
}
