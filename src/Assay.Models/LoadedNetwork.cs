using Assay.Torch;

namespace Assay.Models;

/// <summary>A network and what its loading found.</summary>
/// <param name="Network">The caller disposes it.</param>
/// <param name="Head">Where the head came from.</param>
/// <param name="FreshTensors">Names of the tensors that were drawn, not read; empty unless the head is
/// <see cref="HeadSource.Fresh"/>.</param>
/// <param name="Warnings">What was tolerated, one sentence each: keys of the configuration without effect here, tensors that were left
/// out.</param>
public sealed record LoadedNetwork(
    RewardNetwork Network,
    HeadSource Head,
    IReadOnlyList<string> FreshTensors,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>The generator that fresh tensors were drawn from, for what is drawn next; null unless a fresh head was asked for.</summary>
    public Generator? Draws { get; init; }

    /// <summary>The adapter that was merged into the weights as they were loaded; null where there was none.</summary>
    public string? MergedAdapter { get; init; }
}
