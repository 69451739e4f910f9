namespace Assay.Data.Duplicates;

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
