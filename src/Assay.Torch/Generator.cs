using Assay.Torch.Drawing;

namespace Assay.Torch;

/// <summary>
/// A seeded stream of random numbers, the same draws as <c>torch.Generator().manual_seed(seed)</c> on the CPU (Mersenne twister).
/// </summary>
public sealed class Generator(ulong seed)
{
    internal MersenneTwister Source { get; } = new(seed);

    /// <summary>The next 32 bits of the stream.</summary>
    public uint Next() => Source.Next();
}
