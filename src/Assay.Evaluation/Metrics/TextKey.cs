using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Assay.Evaluation.Metrics;

/// <summary>
/// Eight bytes that stand for an id or a prompt group, so that a million of them cost no million strings: the beginning of the SHA-256 of
/// its UTF-8. Among a million texts two share a key with probability 3e-8.
/// </summary>
internal static class TextKey
{
    public static ulong Of(string text)
    {
        var bytes = text.Length <= 64 ? stackalloc byte[192] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(text, bytes)], hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
