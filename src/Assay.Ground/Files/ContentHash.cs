using System.Security.Cryptography;
using System.Text;

namespace Assay.Ground.Files;

/// <summary>SHA-256 as every record of ours has it: lower-case hexadecimal, as <c>sha256sum</c> prints it.</summary>
public static class ContentHash
{
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Of a text's bytes in UTF-8.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Of a stream from where it stands to its end.</summary>
    public static string Of(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    /// <summary>Of a file's bytes. Inputs that may be pipes have <c>InputFile.Sha256</c>.</summary>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static string OfFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Of(stream);
    }
}
