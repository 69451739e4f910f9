using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Assay.Data.Reading.Containers;

/// <summary>
/// Zstandard decompression of any number of frames, windows up to 2 GiB (<c>zstd --long=31</c>, as large dumps are published) included.
/// </summary>
internal sealed class ZstdStream : ForwardStream
{
    private const int LargestWindowLog = 31;

    private readonly DecompressionStream _frames;

    public ZstdStream(Stream inner)
    {
        _frames = new DecompressionStream(inner, checkEndOfStream: true, leaveOpen: false);
        _frames.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestWindowLog);
    }

    /// <summary>Whether a file begins as zstd does: with a frame, or with one that is to be skipped (<c>pzstd</c>).</summary>
    public static bool IsZstd(ReadOnlySpan<byte> head) =>
        head.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]) || head is [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..];

    /// <exception cref="InvalidDataException">The data is damaged or ends inside a frame.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _frames.Read(buffer);
        }
        catch (Exception error) when (error is ZstdException or EndOfStreamException)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _frames.Dispose();
        base.Dispose(disposing);
    }
}
