namespace Assay.Evaluation.Statistics;

/// <summary>
/// A small generator whose numbers depend on its seed alone, on every platform and runtime: SplitMix64 (Steele, Lea and Flood 2014), with
/// Lemire's multiplication for ranges. Resampling with it is repeatable to the digit.
/// </summary>
public sealed class SeededRandom(long seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0..<paramref name="count"/>−1; the bias of at most count/2⁶⁴ is far below what resampling can see.</summary>
    public int Next(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>0 (included) to 1 (not included).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>How many of <paramref name="count"/> fair coins show heads.</summary>
    public int CountHeads(int count)
    {
        var heads = 0;
        for (; count >= 64; count -= 64)
            heads += System.Numerics.BitOperations.PopCount(NextBits());
        return count == 0 ? heads : heads + System.Numerics.BitOperations.PopCount(NextBits() >> (64 - count));
    }
}
