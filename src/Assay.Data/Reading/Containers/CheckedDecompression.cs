namespace Assay.Data.Reading.Containers;

/// <summary>A decompressor whose complaints name the file.</summary>
internal sealed class CheckedDecompression(Stream inner, string path, string kind) : ForwardStream
{
    private long _read;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var read = inner.Read(buffer);
            _read += read;
            return read;
        }
        catch (InvalidDataException error)
        {
            throw new DataFormatException(
                $"{path}: after {_read:N0} bytes of text: the {kind} data is damaged or ends early, or something follows its end; fetch the file again, or unpack what there is of it by hand",
                error
            );
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
