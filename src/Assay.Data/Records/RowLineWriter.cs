using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Assay.Data.Checking;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Records;

/// <summary>A row and what was found about it, before it becomes a line of a row file.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Findings">All that was found; empty for a fine row.</param>
/// <param name="Raw">The row's bytes, on one line without its line feed.</param>
public readonly record struct NotedRow(string File, long Line, IReadOnlyList<Finding> Findings, ReadOnlyMemory<byte> Raw)
{
    /// <summary>Which of the row's parts, from 0.</summary>
    public int Part { get; init; }

    /// <summary>How many parts the row gave; the part is written where there are several.</summary>
    public int PartCount { get; init; } = 1;

    /// <summary>The pair to write in TRL's form instead of the row as it stood; null writes the row.</summary>
    public PreferencePair? Pair { get; init; }

    /// <summary>A row of a reader with its own findings, as rows of its format are set down.</summary>
    public static NotedRow Of(PairRow row, PairFormat format) =>
        new(row.File, row.Line, row.Findings, row.Raw)
        {
            Part = row.Part,
            PartCount = row.PartCount,
            Pair = format.HoldsSeveralPairs ? row.Pair : null,
        };

    /// <summary><c>file:line:column: code: detail; …</c>, for messages.</summary>
    public string Describe()
    {
        var column = Findings.FirstOrDefault(finding => finding.Column > 0)?.Column;
        return $"{File}:{Line}{(column is null ? "" : $":{column}")}: {string.Join("; ", Findings)}";
    }
}

/// <summary>
/// Makes the lines of row files (<see cref="RowLine"/>), byte for byte the row as it stood behind its note. A row that stands for several
/// pairs, or that is not JSON, is written as <c>docs/formats.md</c> says.
/// </summary>
public sealed class RowLineWriter : IDisposable
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _line = new(1 << 16);
    private readonly Utf8JsonWriter _writer;

    public RowLineWriter() => _writer = new Utf8JsonWriter(_line, Json);

    /// <summary>Writes the line with its line feed.</summary>
    public void Write(Stream stream, NotedRow row)
    {
        _line.Clear();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        WriteNote(row);
        if (row.Pair is { } pair)
        {
            PairJson.WriteProperties(_writer, pair);
            _writer.WriteEndObject();
            _writer.Flush();
        }
        else
            WriteRow(row);
        _line.Write("\n"u8);
        stream.Write(_line.WrittenSpan);
    }

    public void Dispose() => _writer.Dispose();

    private void WriteNote(NotedRow row)
    {
        _writer.WriteStartObject(RowLine.NoteField);
        _writer.WriteString("file", row.File);
        _writer.WriteNumber("line", row.Line);
        if (row.PartCount > 1)
            _writer.WriteNumber("part", row.Part);
        if (row.Findings.Count > 0)
        {
            _writer.WriteStartArray("reasons");
            foreach (var finding in row.Findings)
            {
                _writer.WriteStartObject();
                _writer.WriteString("code", finding.Reason.Code());
                _writer.WriteString("detail", finding.Detail);
                if (finding.Column > 0)
                    _writer.WriteNumber("column", finding.Column);
                _writer.WriteEndObject();
            }
            _writer.WriteEndArray();
        }
        _writer.WriteEndObject();
    }

    private void WriteRow(NotedRow row)
    {
        var raw = row.Raw.Span.Trim(" \t\r"u8);
        if (IsObject(row, raw))
        {
            _writer.Flush();
            var members = raw[1..].TrimStart(" \t"u8);
            if (members.StartsWith("\"assay\":"u8))
                members = WithoutNote(raw);
            if (members.IndexOf("\"assay\""u8) >= 0)
                members = WithoutAnyNote(raw);
            if (members[0] != '}')
                _line.Write(","u8);
            _line.Write(members);
            return;
        }
        if (Utf8.IsValid(row.Raw.Span))
            _writer.WriteString("raw", row.Raw.Span);
        else
            _writer.WriteBase64String("raw_base64", row.Raw.Span);
        _writer.WriteEndObject();
        _writer.Flush();
    }

    private static bool IsObject(NotedRow row, ReadOnlySpan<byte> raw)
    {
        if (raw.Length < 2 || raw[0] != '{' || raw[^1] != '}')
            return false;
        if (!row.Findings.Any(finding => finding.Reason.IsError()))
            return true;
        try
        {
            var reader = new Utf8JsonReader(raw);
            while (reader.Read()) { }
            return Utf8.IsValid(raw);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The file is an earlier check's output: its note is replaced, not doubled.
    private static ReadOnlySpan<byte> WithoutNote(ReadOnlySpan<byte> raw)
    {
        var reader = new Utf8JsonReader(raw);
        for (var opening = 0; opening < 3; opening++)
            reader.Read(); // the row, its first member's name, the note
        reader.Skip();
        var rest = raw[(int)reader.BytesConsumed..].TrimStart(" \t\r"u8);
        return rest[0] == ',' ? rest[1..].TrimStart(" \t\r"u8) : rest;
    }

    // A member of that name that stands elsewhere: with the note before it the row would have one key twice, and no reader would take it.
    private static byte[] WithoutAnyNote(ReadOnlySpan<byte> raw)
    {
        var members = new List<byte>(raw.Length);
        var reader = new Utf8JsonReader(raw);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isNote = reader.ValueTextEquals("assay"u8);
            reader.Read();
            reader.Skip();
            if (isNote)
                continue;
            if (members.Count > 0)
                members.Add((byte)',');
            members.AddRange(raw[start..(int)reader.BytesConsumed]);
        }
        members.Add((byte)'}');
        return [.. members];
    }
}
