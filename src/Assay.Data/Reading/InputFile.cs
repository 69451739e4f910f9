namespace Assay.Data.Reading;

/// <summary>A data file opened for reading: decompressed by its first bytes (never by its name), byte-order mark removed.</summary>
public sealed class InputFile : IDisposable
{
    private readonly FileStream _file;

    public string Path { get; }

    public Stream Stream { get; }

    /// <summary><c>gzip</c>, <c>zstd</c> or null.</summary>
    public string? Compression { get; }

    /// <summary>The first bytes after decompression, not consumed.</summary>
    public ReadOnlyMemory<byte> Head { get; }

    /// <summary>Bytes of the file itself read so far.</summary>
    public long BytesRead => _file.Position;

    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="DataFormatException">The file is UTF-16 or UTF-32, or zstd and the system has no libzstd.</exception>
    public InputFile(string path, FileShare share = FileShare.Read)
    {
        Path = path;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, share, 1 << 16, FileOptions.SequentialScan);
        try
        {
            Span<byte> magic = stackalloc byte[4];
            var read = _file.ReadAtLeast(magic, 4, throwOnEndOfStream: false);
            _file.Position = 0;
            magic = magic[..read];
            Stream plain = _file;
            if (magic.StartsWith<byte>([0x1F, 0x8B]))
            {
                Compression = "gzip";
                plain = new CheckedDecompression(new CompleteGzipStream(_file), path, "gzip");
            }
            else if (magic.SequenceEqual<byte>([0x28, 0xB5, 0x2F, 0xFD]))
            {
                Compression = "zstd";
                plain = new CheckedDecompression(new ZstdStream(_file, path), path, "zstd");
            }
            var head = new byte[4096];
            var length = plain.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            ReadOnlyMemory<byte> bytes = head.AsMemory(0, length);
            if (bytes.Span.StartsWith<byte>([0xFF, 0xFE]) || bytes.Span.StartsWith<byte>([0xFE, 0xFF]) || bytes.Span.StartsWith<byte>([0, 0, 0xFE, 0xFF]))
                throw new DataFormatException($"{path}:1:1: the file is UTF-16 or UTF-32 by its byte-order mark; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)");
            if (bytes.Span.StartsWith<byte>([0xEF, 0xBB, 0xBF])) bytes = bytes[3..];
            Head = bytes;
            Stream = new PrefixedStream(bytes, plain);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Stream.Dispose();
        _file.Dispose();
    }
}
