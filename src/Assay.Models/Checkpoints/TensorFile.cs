using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Assay.Models.Checkpoints;

/// <summary>
/// A memory-mapped file of named tensors (<see cref="SafetensorsFile"/>, <see cref="TorchFile"/>, <see cref="GgufFile"/>). Opening it reads
/// and proves its header only; numbers are converted from the mapping straight into the caller's memory.
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
        if (rowLength == 0)
            return;
        if (tensor.IsTransposed)
            ReadColumns(tensor, firstRow, destination);
        else if (!IsRegrouped(tensor))
            Elements.Convert(tensor.Kind, RowBytes(tensor, firstRow, destination.Length / rowLength), destination);
        else if (tensor.Shape.Count == 1)
            ReadRegroupedVector(tensor, destination);
        else
            ReadRegroupedRows(tensor, firstRow, destination);
        if (tensor.Shift == 0)
            return;
        foreach (ref var value in destination)
            value -= tensor.Shift;
    }

    private void ReadRegroupedRows(StoredTensor tensor, long firstRow, Span<float> destination)
    {
        var rowLength = (int)RowLength(tensor);
        for (var row = firstRow; !destination.IsEmpty; row++, destination = destination[rowLength..])
            Elements.Convert(tensor.Kind, RowBytes(tensor, StoredRow(tensor, row), 1), destination[..rowLength]);
    }

    private void ReadRegroupedVector(StoredTensor tensor, Span<float> destination)
    {
        var stored = new float[StoredRow(tensor, destination.Length - 1) + 1];
        Elements.Convert(tensor.Kind, RowBytes(tensor with { Shape = [stored.Length] }, 0, 1), stored);
        for (var i = 0; i < destination.Length; i++)
            destination[i] = stored[StoredRow(tensor, i)];
    }

    /// <summary>Rows of a matrix that is stored the other way round: a piece of each stored row.</summary>
    private void ReadColumns(StoredTensor tensor, long firstRow, Span<float> destination)
    {
        var (rows, columns) = (checked((int)tensor.Shape[0]), (int)tensor.Shape[1]);
        var stored = tensor with { Shape = [columns, rows], IsTransposed = false };
        var line = new float[rows];
        for (var column = 0; column < columns; column++)
        {
            Elements.Convert(tensor.Kind, RowBytes(stored, column, 1), line);
            for (var row = 0; row < destination.Length / columns; row++)
                destination[(row * columns) + column] = line[firstRow + row];
        }
    }

    /// <summary>Reads whole rows of an fp64 tensor, for the reader that must not round.</summary>
    internal void ReadRows(StoredTensor tensor, long firstRow, Span<double> destination)
    {
        if (!IsRegrouped(tensor))
        {
            RowBytes(tensor, firstRow, (int)(destination.Length / RowLength(tensor))).CopyTo(MemoryMarshal.AsBytes(destination));
            return;
        }
        // A vector is regrouped element by element.
        var rows = tensor.Shape.Count == 1 ? tensor with { Shape = [tensor.Shape[0], 1] } : tensor;
        var rowLength = (int)RowLength(rows);
        for (var row = firstRow; !destination.IsEmpty; row++, destination = destination[rowLength..])
            RowBytes(rows, StoredRow(rows, row), 1).CopyTo(MemoryMarshal.AsBytes(destination[..rowLength]));
    }

    private static bool IsRegrouped(StoredTensor tensor) =>
        tensor.InterleavedHeads > 0 || tensor.SortedHeads.Query > 0 || tensor.GroupRows > 0;

    /// <summary>The stored bytes of rows, in the file's order.</summary>
    internal ReadOnlySpan<byte> RowBytes(StoredTensor tensor, long firstRow, int rowCount)
    {
        ObjectDisposedException.ThrowIf(_view is { CanRead: false }, this);
        var rowBytes = RowLength(tensor) / Elements.BlockLength(tensor.Kind) * Elements.BlockBytes(tensor.Kind);
        return Bytes(tensor.Offset + (firstRow * rowBytes), checked((int)(rowCount * rowBytes)));
    }

    /// <summary>Bytes of a tensor as the file holds them.</summary>
    internal ReadOnlySpan<byte> StoredBytes(StoredTensor tensor, long from, int count)
    {
        ObjectDisposedException.ThrowIf(_view is { CanRead: false }, this);
        return Bytes(tensor.Offset + from, count);
    }

    internal static long RowLength(StoredTensor tensor) =>
        tensor.Shape.Count switch
        {
            0 => 1,
            1 => tensor.Shape[0],
            _ => tensor.Shape.Skip(1).Aggregate(1L, (product, size) => product * size),
        };

    internal static long RowCount(StoredTensor tensor) => tensor.Shape.Count < 2 ? 1 : tensor.Shape[0];

    public void Dispose()
    {
        if (_view is null)
            return;
        if (_view.CanRead)
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map!.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), "outside the file");
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    /// <summary>
    /// Where a row stands in the file. In GGUF: (head, i, half) for Hugging Face's (head, half, i), so that neighbours are a rotary pair;
    /// or of (key-value head, its query heads and k and v, i) all q, all k, all v.
    /// </summary>
    private static long StoredRow(StoredTensor tensor, long row)
    {
        if (tensor.GroupRows > 0)
            return (row / tensor.GroupPartRows * tensor.GroupRows) + (row % tensor.GroupPartRows);
        var (query, keyValue) = tensor.SortedHeads;
        if (query > 0)
        {
            var width = tensor.Shape[0] / (query + (2 * keyValue));
            var queries = query / keyValue;
            var (place, at) = Math.DivRem(row, width);
            var (group, part) = Math.DivRem(place, queries + 2);
            var head = part < queries ? (group * queries) + part : query + ((part - queries) * keyValue) + group;
            return (head * width) + at;
        }
        var headRows = tensor.Shape[0] / tensor.InterleavedHeads;
        var (rotated, within) = Math.DivRem(row, headRows);
        var (half, i) = Math.DivRem(within, headRows / 2);
        return (rotated * headRows) + (i * 2) + half;
    }
}
