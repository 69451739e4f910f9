using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;

namespace Assay.Data.Reading.Containers;

/// <summary>
/// Arrow's IPC format: a file (Feather version 2) or a stream (what Hugging Face's <c>save_to_disk</c> writes). Line numbers are row
/// numbers.
/// </summary>
internal sealed class ArrowSource : RowSource
{
    private const int RowsPerChunk = 64;

    private readonly ArrowStreamReader _reader;
    private readonly ArrowRows _rows;
    private RecordBatch? _batch;
    private int _next;
    private long _row;

    /// <summary>The bytes an Arrow file begins with.</summary>
    public static ReadOnlySpan<byte> FileMark => "ARROW1"u8;

    /// <summary>The bytes an Arrow stream begins with; then comes the length of its schema.</summary>
    public static ReadOnlySpan<byte> StreamMark => [0xFF, 0xFF, 0xFF, 0xFF];

    /// <exception cref="DataFormatException">The file is damaged, or has types that no JSON value stands for.</exception>
    public ArrowSource(InputFile input, int maxRowBytes)
        : base(input)
    {
        try
        {
            _reader = input.Head.Span.StartsWith(FileMark)
                ? new ArrowFileReader(input.Seekable(), allocator: null, new CompressionCodecFactory(), leaveOpen: true)
                : new ArrowStreamReader(input.Stream, new CompressionCodecFactory(), leaveOpen: true);
            _rows = new ArrowRows(_reader.Schema, input.Path, maxRowBytes);
        }
        catch (Exception error) when (ParquetSource.IsOfTheFile(error))
        {
            throw Damaged(error);
        }
    }

    public override string Container => Input.Compression is { } compression ? $"Arrow, {compression}" : "Arrow";

    public override IReadOnlyList<RawRow>? ReadChunk()
    {
        try
        {
            while (_batch is null || _next == _batch.Length)
            {
                _batch?.Dispose();
                _next = 0;
                if ((_batch = _reader.ReadNextRecordBatch()) is null)
                    return null;
            }
            var count = Math.Min(RowsPerChunk, _batch.Length - _next);
            var rows = _rows.Read(_batch, _next, count, _row + 1);
            _next += count;
            _row += count;
            return rows;
        }
        catch (Exception error) when (ParquetSource.IsOfTheFile(error))
        {
            throw Damaged(error);
        }
    }

    private DataFormatException Damaged(Exception error) =>
        new(
            $"{Input.Path}: {(_row == 0 ? "" : $"after row {_row:N0}: ")}the Arrow file cannot be read: {error.Message.Split('\n')[0]}; fetch it again, or save it anew as Parquet or JSON Lines",
            error
        );

    public override void Dispose()
    {
        _batch?.Dispose();
        _reader.Dispose();
        base.Dispose();
    }
}
