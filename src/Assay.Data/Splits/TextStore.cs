using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Assay.Data.Splits;

/// <summary>
/// Texts by number, written once and read at random, from several threads once all are written. The first <c>memoryLimit</c> bytes stay in
/// memory; beyond that all are in a temporary file, which disappears with the process. 8 bytes of memory a text are always needed.
/// </summary>
internal sealed class TextStore(int memoryLimit = 128 << 20) : IDisposable
{
    private readonly List<long> _ends = [];
    private byte[] _buffer = new byte[1 << 16];
    private int _buffered;
    private long _written;
    private SafeFileHandle? _file;

    public int Count => _ends.Count;

    public void Add(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_buffer.Length - _buffered < size)
            MakeRoom(size);
        _buffered += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_buffered));
        _ends.Add(_written + _buffered);
    }

    public string Read(int number)
    {
        var start = number == 0 ? 0 : _ends[number - 1];
        var length = (int)(_ends[number] - start);
        if (start >= _written)
            return Encoding.UTF8.GetString(_buffer, (int)(start - _written), length);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            for (var read = 0; read < length; )
            {
                var got = RandomAccess.Read(_file!, bytes.AsSpan(read, length - read), start + read);
                if (got == 0)
                    throw new IOException("the temporary file of texts was cut short while it was in use");
                read += got;
            }
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void MakeRoom(int size)
    {
        if (_file is null && (long)_buffered + size <= memoryLimit)
        {
            Array.Resize(ref _buffer, (int)Math.Min(Math.Max(_buffer.Length * 2L, (long)_buffered + size), Array.MaxLength));
            return;
        }
        _file ??= OpenNameless();
        RandomAccess.Write(_file, _buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
        if (_buffer.Length < size || _buffer.Length > 1 << 22)
            _buffer = new byte[Math.Max(size, 1 << 22)];
    }

    private static SafeFileHandle OpenNameless()
    {
        var path = Path.Combine(Path.GetTempPath(), $"assay-texts-{Guid.NewGuid():N}");
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        // Where an open file needs no name it loses it at once: a killed process leaves nothing behind.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }
}
