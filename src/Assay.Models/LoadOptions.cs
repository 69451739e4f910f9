using Assay.Torch;

namespace Assay.Models;

/// <summary>How a checkpoint is loaded.</summary>
public sealed record LoadOptions
{
    /// <summary>Which head to take; the checkpoint's own by default, so that nothing is scored with a head that nobody trained.</summary>
    public HeadSource Head { get; init; } = new HeadSource.Stored();

    /// <summary>What the network is to give. A head of another kind in the checkpoint is left out.</summary>
    public NetworkOutput Output { get; init; }

    /// <summary>
    /// The weights' type in memory, whatever the file's; the head is at least fp32. fp16 can be held and saved, but libtorch 1.13 does not
    /// compute in it on CPUs.
    /// </summary>
    public DType DType { get; init; } = DType.Float32;
}
