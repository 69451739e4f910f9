using System.IO.MemoryMappedFiles;

namespace Assay.Models.Checkpoints;

/// <summary>
/// A memory-mapped file of named tensors (<see cref="SafetensorsFile"/>, <see cref="GgufFile"/>). Opening it reads and proves its header only;
/// numbers are converted from the mapping straight into the caller's memory.
/// </summary>
public abstract unsafe class TensorFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;

    private protected TensorFile(string path)
    {
        Path = path;
        CheckpointFolder.DemandContent(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Length = stream.Length; // of the file itself: in Hugging Face's cache the path is a link
        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>Every tensor of the file, in the file's order.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; private protected set; } = [];

    /// <summary>The format's own remarks: safetensors' <c>__metadata__</c>, GGUF's scalar keys.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private protected set; } = new Dictionary<string, string>();

    private protected long Length { get; }

    /// <summary>
    /// Reads whole rows (indices of the first dimension; a vector is one row) as fp32. fp64 and 64-bit integers are rounded to fp32.
    /// </summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="firstRow">The first row, from 0.</param>
    /// <param name="destination">Room for a whole number of rows.</param>
    public void ReadRows(StoredTensor tensor, long firstRow, Span<float> destination)
    {
        var rowLength = checked((int)RowLength(tensor));
        if (rowLength == 0) return;
        if (tensor.InterleavedHeads == 0)
        {
            Elements.Convert(tensor.Kind, RowBytes(tensor, firstRow, destination.Length / rowLength), destination);
            return;
        }
        for (var row = firstRow; !destination.IsEmpty; row++, destination = destination[rowLength..])
            Elements.Convert(tensor.Kind, RowBytes(tensor, InterleavedRow(tensor, row), 1), destination[..rowLength]);
    }

    /// <summary>The stored bytes of rows of an fp64 tensor, for the reader that must not round.</summary>
    internal ReadOnlySpan<byte> RowBytes(StoredTensor tensor, long firstRow, int rowCount)
    {
        ObjectDisposedException.ThrowIf(_view is { CanRead: false }, this);
        var rowBytes = RowLength(tensor) / Elements.BlockLength(tensor.Kind) * Elements.BlockBytes(tensor.Kind);
        return Bytes(tensor.Offset + (firstRow * rowBytes), checked((int)(rowCount * rowBytes)));
    }

    internal static long RowLength(StoredTensor tensor) => tensor.Shape.Count switch
    {
        0 => 1,
        1 => tensor.Shape[0],
        _ => tensor.Shape.Skip(1).Aggregate(1L, (product, size) => product * size),
    };

    internal static long RowCount(StoredTensor tensor) => tensor.Shape.Count < 2 ? 1 : tensor.Shape[0];

    public void Dispose()
    {
        if (_view is null) return;
        if (_view.CanRead) _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map!.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset > Length - length) throw new ArgumentOutOfRangeException(nameof(offset), "outside the file");
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    /// <summary>GGUF holds row (head, i, half) where Hugging Face has row (head, half, i): neighbours in GGUF are a rotary pair.</summary>
    private static long InterleavedRow(StoredTensor tensor, long row)
    {
        var headRows = tensor.Shape[0] / tensor.InterleavedHeads;
        var (head, within) = Math.DivRem(row, headRows);
        var (half, i) = Math.DivRem(within, headRows / 2);
        return (head * headRows) + (i * 2) + half;
    }
}
