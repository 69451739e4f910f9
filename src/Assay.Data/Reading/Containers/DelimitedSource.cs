using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Containers;

/// <summary>
/// CSV and TSV with a header row, quoted as RFC 4180 says, read as bytes so that every record keeps its own line and its own errors. Each
/// record becomes a JSON object of strings; a cell that is a JSON list or object becomes one in the columns where formats expect one, the
/// columns that formats read as numbers become numbers, and an empty cell of those is left out.
/// </summary>
internal sealed class DelimitedSource : RowSource
{
    private const int RowsPerChunk = 64;
    private const int KeptOfTooLong = 200;

    private static readonly HashSet<string> NumberColumns =
    [
        "margin",
        "preference_strength",
        "overall_preference",
        "helpfulness",
        "correctness",
        "coherence",
        "complexity",
        "verbosity",
        "winner_model_a",
        "winner_model_b",
        "winner_tie",
    ];

    private static readonly HashSet<string> StructuredColumns =
    [
        "prompt",
        "chosen",
        "rejected",
        "messages",
        "completion",
        "completions",
        "tools",
        "chat_template_kwargs",
        "votes",
        "meta",
        "provenance",
        "conversation_a",
        "conversation_b",
        "response_a",
        "response_b",
        "context",
        "input",
        "preferred_output",
        "non_preferred_output",
        "conversations",
        "history",
        "responses",
        "ranks",
        "scores",
        "ratings",
        "rewards",
        "generations",
        "candidates",
        "comparisons",
        "steps",
        "labels",
    ];

    private readonly string[] _columns;
    private readonly byte _delimiter;
    private readonly int _maxRowBytes;
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _at;
    private int _filled;
    private long _line = 1;

    /// <exception cref="DataFormatException">There is no header, or it names a column twice.</exception>
    public DelimitedSource(InputFile input, char delimiter, int maxRowBytes)
        : base(input)
    {
        _delimiter = (byte)delimiter;
        _maxRowBytes = maxRowBytes;
        if (ReadRecord() is not { } header)
            throw new DataFormatException($"{input.Path}:1: the file is empty; a header row was wanted");
        _columns = [.. header.Cells.Select(name => Encoding.UTF8.GetString(name).Trim())];
        if (_columns.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataFormatException($"{input.Path}:1: the header names the column \"{twice.Key}\" twice; rename one");
    }

    public override string Container =>
        (_delimiter == ',' ? "CSV" : "TSV") + (Input.Compression is { } compression ? $", {compression}" : "");

    public override IReadOnlyList<RawRow>? ReadChunk()
    {
        var rows = new List<RawRow>(RowsPerChunk);
        while (rows.Count < RowsPerChunk && ReadRecord() is { } record)
        {
            if (record.Cells.Count == 1 && record.Cells[0].Length == 0 && _columns.Length > 1)
                continue;
            rows.Add(Row(record));
        }
        return rows.Count == 0 ? null : rows;
    }

    private sealed record Record(long Line, List<byte[]> Cells, Finding? Problem);

    private Record? ReadRecord()
    {
        if (Peek() < 0)
            return null;
        var line = _line;
        var cells = new List<byte[]>();
        var cell = new List<byte>(256);
        Finding? problem = null;
        var total = 0L;
        var quoted = false;
        var wasQuoted = false;
        while (true)
        {
            var next = Peek();
            if (next < 0)
            {
                if (quoted)
                    problem ??= new Finding(Reason.MalformedJson, "the file ends inside a quoted cell", 1);
                break;
            }
            _at++;
            if (next == '\n')
                _line++;
            if (quoted)
            {
                if (next != '"')
                    Keep(next);
                else if (Peek() == '"')
                {
                    _at++;
                    Keep('"');
                }
                else
                    quoted = false;
            }
            else if (next == '"' && cell.Count == 0 && !wasQuoted)
                quoted = wasQuoted = true;
            else if (next == _delimiter)
                End();
            else if (next == '\n')
                break;
            else if (next == '\r' && Peek() == '\n')
                continue;
            else
            {
                if (wasQuoted)
                    problem ??= new Finding(
                        Reason.MalformedJson,
                        $"cell {cells.Count + 1} goes on after its closing quote; a quote inside a cell is written twice",
                        1
                    );
                Keep(next);
            }
        }
        End();
        if (total > _maxRowBytes)
        {
            problem = new Finding(
                Reason.LineTooLong,
                $"the record has {total:N0} bytes, the limit is {_maxRowBytes:N0}; only the first {KeptOfTooLong} bytes of each cell were kept",
                1
            );
            cells =
            [
                .. cells.Select(kept =>
                    kept.Length > KeptOfTooLong ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(kept[..KeptOfTooLong])) : kept
                ),
            ];
        }
        return new Record(line, cells, problem);

        void Keep(int value)
        {
            if (++total <= _maxRowBytes)
                cell.Add((byte)value);
        }

        void End()
        {
            cells.Add([.. cell]);
            cell.Clear();
            wasQuoted = false;
        }
    }

    private int Peek()
    {
        if (_at == _filled)
        {
            _filled = Input.Stream.Read(_buffer);
            _at = 0;
            if (_filled == 0)
                return -1;
        }
        return _buffer[_at];
    }

    private RawRow Row(Record record)
    {
        var problem = record.Problem;
        if (record.Cells.FindIndex(cell => !Utf8.IsValid(cell)) is >= 0 and var bad)
        {
            problem ??= new Finding(
                Reason.BadEncoding,
                $"cell {bad + 1} ({(bad < _columns.Length ? _columns[bad] : "beyond the header")}) holds bytes that are not UTF-8; save the file as UTF-8",
                1
            );
            // Not made into JSON, which is text: the bytes are kept as they are, but for quotes.
            return new RawRow(record.Line, record.Cells.SelectMany((cell, i) => i == 0 ? cell : [_delimiter, .. cell]).ToArray(), problem);
        }
        if (record.Cells.Count != _columns.Length)
            problem ??= new Finding(
                Reason.MalformedJson,
                $"the record has {record.Cells.Count} cells and the header {_columns.Length}; is a quote or a delimiter missing?",
                1
            );
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            for (var i = 0; i < record.Cells.Count; i++)
            {
                var found = Cell(writer, i < _columns.Length ? _columns[i] : $"cell_{i + 1}", record.Cells[i]);
                problem ??= found;
            }
            writer.WriteEndObject();
        }
        return new RawRow(record.Line, json.ToArray(), problem);
    }

    /// <summary>Writes a cell; what is wrong with it, when the row cannot be read for it.</summary>
    private static Finding? Cell(Utf8JsonWriter writer, string column, byte[] cell)
    {
        if (NumberColumns.Contains(column))
        {
            if (cell.Length == 0)
                return null;
            writer.WritePropertyName(column);
            if (Utf8Parser.TryParse(cell, out double number, out var used) && used == cell.Length && double.IsFinite(number))
                writer.WriteNumberValue(number);
            else
                writer.WriteStringValue(cell);
            return null;
        }
        if (cell.AsSpan().TrimStart((byte)' ') is [(byte)'[' or (byte)'{', ..] && Structured(cell) is { } value)
        {
            // Half a surrogate pair is JSON and no text: the cell then stays as it is written.
            if (RowParser.SurrogateColumn(cell) > 0)
            {
                writer.WriteString(column, cell);
                return new Finding(Reason.BadEncoding, $"cell {column} holds an unpaired surrogate escape (\\ud800 to \\udfff)", 1);
            }
            if (StructuredColumns.Contains(column))
            {
                writer.WritePropertyName(column);
                value.WriteTo(writer);
                return null;
            }
        }
        writer.WriteString(column, cell);
        return null;
    }

    private static JsonElement? Structured(byte[] cell)
    {
        try
        {
            return JsonElement.Parse(cell);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
