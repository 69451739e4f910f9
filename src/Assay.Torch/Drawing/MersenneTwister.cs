namespace Assay.Torch.Drawing;

/// <summary>
/// The 32-bit Mersenne Twister (Matsumoto and Nishimura 1998), seeded with the low 32 bits of the seed: the numbers of torch's CPU
/// generator (at::mt19937) after <c>manual_seed(seed)</c>. It also keeps the second of a pair of normal draws, as torch's generator does.
/// </summary>
internal sealed class MersenneTwister
{
    private const int StateSize = 624;
    private const int Shift = 397;
    private readonly uint[] state = new uint[StateSize];
    private int used = StateSize;

    public MersenneTwister(ulong seed)
    {
        state[0] = (uint)seed;
        for (uint i = 1; i < StateSize; i++)
            state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    }

    /// <summary>The normal draw that is left over from the last pair.</summary>
    public double? KeptNormal { get; set; }

    public uint Next()
    {
        if (used == StateSize)
            Refill();
        var y = state[used++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    /// <summary>Two draws, the first in the upper half.</summary>
    public ulong NextLong()
    {
        var upper = (ulong)Next() << 32;
        return upper | Next();
    }

    private void Refill()
    {
        var i = 0;
        for (; i < StateSize - Shift; i++)
            state[i] = state[i + Shift] ^ Twist(state[i], state[i + 1]);
        for (; i < StateSize - 1; i++)
            state[i] = state[i + Shift - StateSize] ^ Twist(state[i], state[i + 1]);
        state[i] = state[Shift - 1] ^ Twist(state[i], state[0]);
        used = 0;
    }

    private static uint Twist(uint upper, uint lower)
    {
        var y = (upper & 0x80000000u) | (lower & 0x7fffffffu);
        return (y >> 1) ^ (0x9908b0dfu & (0u - (y & 1)));
    }
}
