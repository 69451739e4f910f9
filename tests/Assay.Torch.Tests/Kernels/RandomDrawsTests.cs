using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Assay.Torch.Drawing;

namespace Assay.Torch.Tests.Kernels;

/// <summary>
/// Hashes (the first 16 bytes of SHA-256) and numbers recorded from Debian's libtorch 1.13.1: n draws, then 5, 3 and 20 more of the same
/// generator, which tells what state each draw leaves behind.
/// </summary>
public sealed class RandomDrawsTests
{
    [Theory]
    [InlineData(42, 0, 0.02, 7, "a4003aa096367c831736f7a7f74e31fc")]
    [InlineData(42, 0, 0.02, 15, "3d2e1183e6317057062595450348e9cf")]
    [InlineData(42, 0, 0.02, 16, "c31e365d5a70e41222329d6b21d24c47")]
    [InlineData(42, 0, 0.02, 17, "c24b03ba136a2a0d3e85ea6a009a877c")]
    [InlineData(0, 0, 0.02, 40, "36410ba57aa9ae0e614dd3d86b773507")]
    [InlineData(7, 0.3, 1.7, 4095, "2718bde1aa3a4a2993ffcd1a1f338272")]
    [InlineData(7, 0.3, 1.7, 4099, "ebe87f150bb22f83befc3c78563a788a")]
    [InlineData(100, -1.25, 3, 1_000_003, "b5c6a6870454e451c4672b8c41abcf75")]
    public void Normal_draws_in_single_precision_have_the_recorded_bits(
        ulong seed,
        double mean,
        double deviation,
        int count,
        string recorded
    )
    {
        Assert.Equal(recorded, Hash<float>(seed, count, (twister, values) => RandomDraws.Normal(twister, mean, deviation, values)));
        Assert.NotEqual(recorded, Hash<float>(seed + 1, count, (twister, values) => RandomDraws.Normal(twister, mean, deviation, values)));
    }

    [Theory]
    [InlineData(42, -0.1, 0.37, 9, "409ba2d00cde96a31b317115c4c0823f")]
    [InlineData(0, -0.1, 0.37, 33, "63e24ac7759a0d4f979de3f4b98647d6")]
    [InlineData(7, 0.3, 1.7, 4099, "fbd7966343f2268cd53d93730b327ae3")]
    [InlineData(100, -1.25, 3, 1_000_003, "e49b1770fbc067c86670fc4126d246e0")]
    public void Uniform_draws_in_single_precision_have_the_recorded_bits(ulong seed, double low, double high, int count, string recorded)
    {
        Assert.Equal(recorded, Hash<float>(seed, count, (twister, values) => RandomDraws.Uniform(twister, low, high, values)));
        Assert.NotEqual(recorded, Hash<float>(seed, count + 1, (twister, values) => RandomDraws.Uniform(twister, low, high, values)));
    }

    [Theory]
    [InlineData(42, -0.1, 0.37, 9, "ffcd42b5a97cc418e75470141ffbbdde")]
    [InlineData(7, 0.3, 1.7, 4099, "a66d1797332e434ba4c64c75cef9008a")]
    [InlineData(100, -1.25, 3, 1_000_003, "dd4d28f0b0c4515774f36f15216973ec")]
    public void Uniform_draws_in_double_precision_have_the_recorded_bits(ulong seed, double low, double high, int count, string recorded)
    {
        Assert.Equal(recorded, Hash<double>(seed, count, (twister, values) => RandomDraws.Uniform(twister, low, high, values)));
        Assert.NotEqual(recorded, Hash<double>(seed, count, (twister, values) => RandomDraws.Uniform(twister, low, high + 1e-9, values)));
    }

    [Theory]
    [InlineData(42, 0, 0.02, 7, 0x3f7b94e893819fbe, 0x3fa69caad4c60a89)]
    [InlineData(42, 0, 0.02, 16, 0x3f788a2692f18b89, 0xbf9e8ec21db8b37b)]
    [InlineData(42, 0, 0.02, 19, 0x3f788a2692f18b89, 0xbf9f437c9228146e)]
    [InlineData(7, 0.3, 1.7, 4095, 0x3fda68efc0596b9d, 0xbfe9c64ad2ecf8c2)]
    [InlineData(7, 0.3, 1.7, 4099, 0x3fda68efc0596b9d, 0x3fe18984c296d438)]
    [InlineData(100, -1.25, 3, 1_000_003, 0x401413ac7613d264, 0x3fa6fee40c8b3238)]
    public void Normal_draws_in_double_precision_are_the_recorded_ones(
        ulong seed,
        double mean,
        double deviation,
        int count,
        ulong first,
        ulong last
    )
    {
        const double LastBits = 1e-14; // sine and logarithm are the system's, which may differ in the last bit
        var values = new double[count];
        RandomDraws.Normal(new(seed), mean, deviation, values.AsSpan());
        Assert.Equal(BitConverter.UInt64BitsToDouble(first), values[0], LastBits);
        Assert.Equal(BitConverter.UInt64BitsToDouble(last), values[^1], LastBits);
        Assert.NotEqual(BitConverter.UInt64BitsToDouble(first), values[1], LastBits);
    }

    private static string Hash<T>(ulong seed, int count, Draw<T> draw)
        where T : unmanaged
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var twister = new MersenneTwister(seed);
        foreach (var n in (int[])[count, 5, 3, 20])
        {
            var values = new T[n];
            draw(twister, values);
            hash.AppendData(MemoryMarshal.AsBytes<T>(values));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private delegate void Draw<T>(MersenneTwister twister, Span<T> values)
        where T : unmanaged;
}
