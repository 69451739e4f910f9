using Apache.Arrow.Ipc;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace Assay.Data.Reading.Containers;

/// <summary>
/// Parquet, read in batches through Arrow, so that a row group of any size needs no more memory than its pages. Line numbers are row
/// numbers.
/// </summary>
internal sealed class ParquetSource : RowSource
{
    // The two columns of a pair's texts are most of a row, and a batch of this many rows is one chunk to parse.
    private const int RowsPerBatch = 64;

    private readonly FileReader _file;
    private readonly IArrowArrayStream _batches;
    private readonly ArrowRows _rows;
    private readonly long _rowCount;
    private long _row;

    /// <exception cref="DataFormatException">The file is damaged, encrypted, or has types that no JSON value stands for.</exception>
    public ParquetSource(InputFile input, int maxRowBytes)
        : base(input)
    {
        try
        {
            using var properties = ReaderProperties.GetDefaultReaderProperties();
            properties.EnableBufferedStream();
            using var arrow = ArrowReaderProperties.GetDefault();
            arrow.BatchSize = RowsPerBatch;
            arrow.UseThreads = false;
            arrow.PreBuffer = false;
            _file = new FileReader(input.Seekable(), properties, arrow, leaveOpen: true);
            _rowCount = _file.ParquetReader.FileMetaData.NumRows;
            _batches = _file.GetRecordBatchReader();
            _rows = new ArrowRows(_file.Schema, input.Path, maxRowBytes);
        }
        catch (Exception error) when (IsOfTheFile(error))
        {
            _batches?.Dispose();
            _file?.Dispose();
            throw Damaged(error);
        }
    }

    public override string Container => "Parquet";

    public override long BytesRead => _rowCount == 0 ? Input.Length : (long)(Input.Length * ((double)_row / _rowCount));

    public override IReadOnlyList<RawRow>? ReadChunk()
    {
        try
        {
            while (true)
            {
                using var batch = _batches.ReadNextRecordBatchAsync().AsTask().GetAwaiter().GetResult();
                if (batch is null)
                {
                    if (_row != _rowCount)
                        throw new InvalidDataException($"it says that it has {_rowCount:N0} rows and has {_row:N0}");
                    return null;
                }
                if (batch.Length == 0)
                    continue;
                var rows = _rows.Read(batch, 0, batch.Length, _row + 1);
                _row += batch.Length;
                return rows;
            }
        }
        catch (Exception error) when (IsOfTheFile(error))
        {
            throw Damaged(error);
        }
    }

    // What a damaged file makes the libraries throw is of many kinds; none of them is known to be the program's.
    internal static bool IsOfTheFile(Exception error) =>
        error is EndOfStreamException or not (DataFormatException or IOException or OperationCanceledException);

    private DataFormatException Damaged(Exception error) =>
        new(
            $"{Input.Path}: {(_row == 0 ? "" : $"after row {_row:N0}: ")}the Parquet file cannot be read: {(error.InnerException ?? error).Message.Split('\n')[0]}; fetch it again, or save it anew as Parquet or JSON Lines",
            error
        );

    public override void Dispose()
    {
        _batches.Dispose();
        _file.Dispose();
        base.Dispose();
    }
}
