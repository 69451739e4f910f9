using System.IO.Compression;

namespace Assay.Data.Reading.Containers;

/// <summary>
/// Gzip decompression that knows whether the data was complete. .NET's ends silently where the file ends, in the middle or not; so a gzip
/// member of our own is appended to the file, and only if its text comes out at the end was the last of the file's members whole.
/// </summary>
internal sealed class CompleteGzipStream : ForwardStream
{
    private static readonly byte[] Seal = "assay: the whole file was read"u8.ToArray();
    private static readonly byte[] SealedMember = Compress(Seal);

    private readonly GZipStream _gzip;
    private readonly byte[] _held = new byte[1 << 16];
    private int _at;
    private int _filled;
    private bool _ended;

    public CompleteGzipStream(Stream file) => _gzip = new GZipStream(new FollowedStream(file, SealedMember), CompressionMode.Decompress);

    /// <exception cref="InvalidDataException">The data is damaged, ends early or has something after its end.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!_ended && _filled - _at <= Seal.Length)
            Fill();
        var ready = Math.Min(buffer.Length, _filled - _at - Seal.Length);
        if (ready <= 0)
            return 0;
        _held.AsSpan(_at, ready).CopyTo(buffer);
        _at += ready;
        return ready;
    }

    private void Fill()
    {
        _held.AsSpan(_at, _filled - _at).CopyTo(_held);
        _filled -= _at;
        _at = 0;
        var read = _gzip.Read(_held.AsSpan(_filled));
        _filled += read;
        if (read > 0)
            return;
        _ended = true;
        if (!_held.AsSpan(0, _filled).EndsWith(Seal))
            throw new InvalidDataException("the data ends in the middle, or something else follows it");
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return member.ToArray();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip.Dispose();
        base.Dispose(disposing);
    }

    private sealed class FollowedStream(Stream first, byte[] last) : ForwardStream
    {
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            var read = first.Read(buffer);
            if (read > 0 || buffer.Length == 0)
                return read;
            var count = Math.Min(buffer.Length, last.Length - _at);
            last.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                first.Dispose();
            base.Dispose(disposing);
        }
    }
}
