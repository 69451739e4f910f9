using Microsoft.Win32.SafeHandles;

namespace Assay.Data.Reading.Containers;

/// <summary>What a stream held, in a file without a name: it is gone when this is disposed, and when the process dies.</summary>
internal sealed class TemporaryCopy : IDisposable
{
    private readonly SafeFileHandle _file;

    /// <exception cref="IOException">The temporary folder cannot take it; the message names the folder.</exception>
    public TemporaryCopy(Stream source, string name)
    {
        var path = Path.Combine(Path.GetTempPath(), $"assay-{Guid.NewGuid():N}");
        try
        {
            _file = File.OpenHandle(
                path,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete,
                FileOptions.DeleteOnClose
            );
            // Windows deletes it with its last handle; elsewhere the name can go at once, so that a killed process leaves nothing.
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            var buffer = new byte[1 << 17];
            for (int read; (read = source.Read(buffer)) > 0; Length += read)
                RandomAccess.Write(_file, buffer.AsSpan(0, read), Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new IOException(
                $"{name} can be read only once and is needed again, and its copy in {Path.GetTempPath()} cannot be written: {error.Message}; set TMPDIR to a folder with room, or save it to a file first",
                error
            );
        }
        catch
        {
            _file?.Dispose();
            throw;
        }
    }

    public long Length { get; private set; }

    /// <summary>A stream over the whole of it, at its beginning; any number may be open.</summary>
    public Stream Open() => new View(_file, Length);

    public void Dispose() => _file.Dispose();

    private sealed class View(SafeFileHandle file, long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            var read = RandomAccess.Read(file, buffer, Position);
            Position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) =>
            Position = origin switch
            {
                SeekOrigin.Begin => offset,
                SeekOrigin.Current => Position + offset,
                _ => length + offset,
            };

        public override void Flush() { }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
