using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Assay.Data.Duplicates;

/// <summary>
/// MinHash signatures (Broder 1997): the share of equal places of two signatures estimates the Jaccard similarity of the two shingle sets.
/// With the same permutations and <see cref="Sha1Hash32"/> it gives the signatures of datasketch 2.0.0, place by place.
/// </summary>
public sealed class MinHash
{
    private readonly MinHashScheme _scheme;
    private readonly ulong[] _a;
    private readonly ulong[] _b;
    private readonly uint[] _a32;
    private readonly uint[] _b32;

    /// <param name="scheme">How a hash is permuted.</param>
    /// <param name="a">One multiplier a place.</param>
    /// <param name="b">One offset a place.</param>
    public MinHash(MinHashScheme scheme, ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        if (a.Length != b.Length || a.Length == 0)
            throw new ArgumentException($"{a.Length} multipliers and {b.Length} offsets: as many of each are needed, and at least one");
        _scheme = scheme;
        _a = a.ToArray();
        _b = b.ToArray();
        _a32 = Array.ConvertAll(_a, value => (uint)value);
        _b32 = Array.ConvertAll(_b, value => (uint)value);
    }

    /// <summary>Affine permutations drawn from a seed; the same seed gives the same signatures on every machine.</summary>
    public static MinHash Seeded(int places, ulong seed)
    {
        ulong[] a = new ulong[places],
            b = new ulong[places];
        for (var place = 0; place < places; place++)
        {
            a[place] = (uint)ShingleSet.Mix(seed += 0x9E3779B97F4A7C15) | 1;
            b[place] = (uint)ShingleSet.Mix(seed += 0x9E3779B97F4A7C15);
        }
        return new(MinHashScheme.Affine32, a, b);
    }

    /// <summary>Places of a signature.</summary>
    public int Places => _a.Length;

    /// <summary>First four bytes of SHA-1 of the UTF-8 bytes, little endian: datasketch's hash of a shingle.</summary>
    public static uint Sha1Hash32(string shingle)
    {
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(Encoding.UTF8.GetBytes(shingle), digest);
        return MemoryMarshal.Read<uint>(digest);
    }

    /// <summary>
    /// The signature of a set of shingles by their <see cref="Sha1Hash32"/>. An empty set has <see cref="uint.MaxValue"/> everywhere.
    /// </summary>
    public uint[] Signature(IEnumerable<string> shingles)
    {
        var signature = Empty();
        foreach (var shingle in shingles)
            Update(signature, Sha1Hash32(shingle));
        return signature;
    }

    /// <summary>
    /// The signature of a set by the low halves of its 64-bit hashes: some ten times faster than SHA-1, and as good for finding
    /// near-duplicates.
    /// </summary>
    public uint[] Signature(ShingleSet shingles)
    {
        var signature = Empty();
        foreach (var hash in shingles.Hashes)
            Update(signature, (uint)hash);
        return signature;
    }

    /// <summary>Places at which two signatures agree.</summary>
    public static int EqualPlaces(ReadOnlySpan<uint> left, ReadOnlySpan<uint> right)
    {
        if (left.Length != right.Length)
            throw new ArgumentException($"signatures of {left.Length} and {right.Length} places cannot be compared");
        var equal = 0;
        for (var place = 0; place < left.Length; place++)
            if (left[place] == right[place])
                equal++;
        return equal;
    }

    private uint[] Empty()
    {
        var signature = new uint[Places];
        Array.Fill(signature, uint.MaxValue);
        return signature;
    }

    private void Update(uint[] signature, uint hash)
    {
        if (_scheme == MinHashScheme.Affine32)
            UpdateAffine(signature, Murmur3Finalise(hash));
        else
            UpdateLegacy(signature, hash);
    }

    private void UpdateLegacy(uint[] signature, ulong hash)
    {
        const ulong Mersenne61 = (1UL << 61) - 1;
        for (var place = 0; place < signature.Length; place++)
            signature[place] = Math.Min(signature[place], (uint)(unchecked(_a[place] * hash + _b[place]) % Mersenne61));
    }

    private void UpdateAffine(uint[] signature, uint hash)
    {
        var place = 0;
        var spread = new Vector<uint>(hash);
        for (; place <= signature.Length - Vector<uint>.Count; place += Vector<uint>.Count)
        {
            var permuted = new Vector<uint>(_a32, place) * spread + new Vector<uint>(_b32, place);
            Vector.Min(new Vector<uint>(signature, place), permuted).CopyTo(signature, place);
        }
        for (; place < signature.Length; place++)
            signature[place] = Math.Min(signature[place], unchecked(_a32[place] * hash + _b32[place]));
    }

    private static uint Murmur3Finalise(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        hash *= 0xC2B2AE35;
        return hash ^ hash >> 16;
    }
}

/// <summary>How a MinHash permutes the 32-bit hash of a shingle; the two forms of the Python library datasketch.</summary>
public enum MinHashScheme
{
    /// <summary>
    /// datasketch before 2.0: ((a·h + b) mod 2^64) mod (2^61 − 1), low 32 bits. The product wraps at 64 bits: that is the definition, not
    /// an accident of ours.
    /// </summary>
    Legacy,

    /// <summary>datasketch 2.0: h goes through murmur3's 32-bit finaliser, then a·h + b mod 2^32 with a odd.</summary>
    Affine32,
}
