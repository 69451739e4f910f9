using Assay.Data.Reading.Containers;
using Assay.Ground.Files;

namespace Assay.Data.Reading;

/// <summary>
/// An input opened for reading, a file or a pipe (see <see cref="Pipes"/>): decompressed by its first bytes (never by its name), byte-order
/// mark removed.
/// </summary>
public sealed class InputFile : IDisposable
{
    private readonly CountedStream _raw;
    private TemporaryCopy? _copy;

    public string Path { get; }

    public Stream Stream { get; }

    /// <summary><c>gzip</c>, <c>zstd</c> or null.</summary>
    public string? Compression { get; }

    /// <summary>The first bytes after decompression, not consumed.</summary>
    public ReadOnlyMemory<byte> Head { get; }

    /// <summary>It can be read only once, and is.</summary>
    public bool IsPipe => !_raw.Inner.CanSeek;

    /// <summary>Bytes of the file itself; 0 for a pipe.</summary>
    public long Length => IsPipe ? 0 : _raw.Inner.Length;

    /// <summary>Bytes of the file itself read so far.</summary>
    public long BytesRead => _raw.Count;

    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="DataFormatException">The file is a folder, UTF-16 or UTF-32, or a pipe that was read before.</exception>
    public InputFile(string path, FileShare share = FileShare.Read)
    {
        Path = path;
        if (Directory.Exists(path))
            throw new DataFormatException($"{path} is a folder; name a file in it");
        _raw = new CountedStream(Pipes.Open(path, share));
        try
        {
            var start = new byte[4];
            ReadOnlyMemory<byte> magic = start.AsMemory(0, _raw.ReadAtLeast(start, 4, throwOnEndOfStream: false));
            Stream plain = new PrefixedStream(magic, _raw);
            if (magic.Span.StartsWith<byte>([0x1F, 0x8B]))
            {
                Compression = "gzip";
                plain = new CheckedDecompression(new CompleteGzipStream(plain), path, "gzip");
            }
            else if (ZstdStream.IsZstd(magic.Span))
            {
                Compression = "zstd";
                plain = new CheckedDecompression(new ZstdStream(plain), path, "zstd");
            }
            var head = new byte[4096];
            var length = plain.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            ReadOnlyMemory<byte> bytes = head.AsMemory(0, length);
            if (
                bytes.Span.StartsWith<byte>([0xFF, 0xFE])
                || bytes.Span.StartsWith<byte>([0xFE, 0xFF])
                || bytes.Span.StartsWith<byte>([0, 0, 0xFE, 0xFF])
            )
                throw new DataFormatException(
                    $"{path}:1:1: the file is UTF-16 or UTF-32 by its byte-order mark; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"
                );
            if (bytes.Span.StartsWith<byte>([0xEF, 0xBB, 0xBF]))
                bytes = bytes[3..];
            Head = bytes;
            Stream = new PrefixedStream(bytes, plain);
        }
        catch
        {
            _raw.Dispose();
            throw;
        }
    }

    /// <summary>
    /// SHA-256 of a file's bytes as they stand in it, as <c>sha256sum</c> prints it. A pipe is kept first, so that it can be read
    /// afterwards.
    /// </summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static string Sha256(string path)
    {
        Pipes.Keep(path);
        using var stream = Pipes.Open(path, FileShare.ReadWrite);
        return ContentHash.Of(stream);
    }

    /// <summary>Bytes of a file, 0 where nobody knows before it is read.</summary>
    public static long LengthOf(string path) => Pipes.LengthOf(path);

    /// <summary>
    /// The unpacked bytes from the beginning, for formats that are read from their end. What has been read of <see cref="Stream"/> must be
    /// nothing.
    /// </summary>
    internal Stream Seekable()
    {
        if (Compression is null && !IsPipe)
        {
            _raw.Inner.Position = 0;
            return _raw.Inner;
        }
        _copy = new TemporaryCopy(Stream, Path);
        return _copy.Open();
    }

    public void Dispose()
    {
        Stream.Dispose();
        _raw.Dispose();
        _copy?.Dispose();
    }

    private sealed class CountedStream(Stream inner) : ForwardStream
    {
        public Stream Inner => inner;

        public long Count { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            Count += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
