using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Ground.Files;

namespace Assay.Data.Checking;

/// <summary>
/// Writes <c>kept.jsonl</c>, <c>review.jsonl</c> and <c>quarantine.jsonl</c>: the row as it stood, with a first member <c>assay</c> that
/// says its file, line and reasons, so that kept rows can be trained on as they are. A row that stands for several pairs, or that is not
/// JSON, is written as <c>docs/formats.md</c> says.
/// </summary>
internal sealed class RowFiles : IDisposable
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly OutputFile[] _files;
    private readonly ArrayBufferWriter<byte> _line = new(1 << 16);
    private readonly Utf8JsonWriter _writer;

    public RowFiles(string folder)
    {
        Directory.CreateDirectory(folder);
        _files = [.. Enum.GetValues<RowStatus>().Select(status => new OutputFile(Path.Combine(folder, CheckReport.RowsOf(status))))];
        _writer = new Utf8JsonWriter(_line, Json);
    }

    public long Count(RowStatus status) => _files[(int)status].LineCount;

    /// <param name="row">The row.</param>
    /// <param name="findings">All that was found, the reader's and the contract's.</param>
    /// <param name="status">Which file.</param>
    /// <param name="asPair">Write the pair in TRL's form instead of the row as it stood.</param>
    public void Write(PairRow row, IReadOnlyList<Finding> findings, RowStatus status, RowShape asPair)
    {
        _line.Clear();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        WriteNote(row, findings);
        if (asPair == RowShape.Pair && row.Pair is { } pair)
        {
            PairJson.WriteProperties(_writer, pair);
            _writer.WriteEndObject();
            _writer.Flush();
        }
        else
            WriteRow(row);
        _line.Write("\n"u8);
        var file = _files[(int)status];
        file.Stream.Write(_line.WrittenSpan);
        file.LineCount++;
    }

    private void WriteNote(PairRow row, IReadOnlyList<Finding> findings)
    {
        _writer.WriteStartObject("assay");
        _writer.WriteString("file", row.File);
        _writer.WriteNumber("line", row.Line);
        if (row.PartCount > 1)
            _writer.WriteNumber("part", row.Part);
        if (findings.Count > 0)
        {
            _writer.WriteStartArray("reasons");
            foreach (var finding in findings)
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

    private void WriteRow(PairRow row)
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

    private static bool IsObject(PairRow row, ReadOnlySpan<byte> raw)
    {
        if (raw.Length < 2 || raw[0] != '{' || raw[^1] != '}')
            return false;
        if (!row.IsError)
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

    /// <summary>
    /// Gives rows already written a further reason and puts those of <c>kept.jsonl</c> at the end of <c>review.jsonl</c>: a later row
    /// contradicted them.
    /// </summary>
    /// <param name="places">Line numbers from 0, by file.</param>
    /// <param name="reason">The further reason.</param>
    public void Recall(IReadOnlyDictionary<RowStatus, HashSet<long>> places, Finding reason)
    {
        foreach (var (status, lines) in places)
        {
            if (lines.Count == 0)
                continue;
            var file = _files[(int)status];
            file.Stream.Flush();
            var rewritten = file.TemporaryPath + "2";
            try
            {
                Rewrite(
                    file.TemporaryPath,
                    rewritten,
                    lines,
                    reason,
                    status == RowStatus.Kept ? _files[(int)RowStatus.Review].Stream : null
                );
                file.ReplaceBy(rewritten);
            }
            finally
            {
                File.Delete(rewritten); // there only when the above failed
            }
            if (status != RowStatus.Kept)
                continue;
            file.LineCount -= lines.Count;
            _files[(int)RowStatus.Review].LineCount += lines.Count;
        }
    }

    private static void Rewrite(string path, string rewritten, HashSet<long> lines, Finding reason, Stream? elsewhere)
    {
        using var output = new FileStream(rewritten, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 18);
        long number = 0;
        foreach (var line in Lines(path))
        {
            if (lines.Contains(number++))
            {
                (elsewhere ?? output).Write(WithReason(line.Span, reason));
                continue;
            }
            output.Write(line.Span);
            output.WriteByte((byte)'\n');
        }
    }

    /// <summary>The line with a further reason at the end of its note; the row after the note stays as it stood.</summary>
    private static byte[] WithReason(ReadOnlySpan<byte> line, Finding reason)
    {
        var reader = new Utf8JsonReader(line);
        for (var opening = 0; opening < 3; opening++)
            reader.Read(); // the row, its first member's name, the note
        var hasReasons = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            hasReasons = reader.ValueTextEquals("reasons"u8);
            reader.Skip();
        }
        var end = (int)reader.TokenStartIndex; // of the note; its reasons, if it has any, are its last member
        var entry = new JsonObject { ["code"] = reason.Reason.Code(), ["detail"] = reason.Detail }.ToJsonString(Relaxed);
        return hasReasons
            ? [.. line[..(end - 1)], .. Encoding.UTF8.GetBytes($",{entry}"), .. line[(end - 1)..], (byte)'\n']
            : [.. line[..end], .. Encoding.UTF8.GetBytes($",\"reasons\":[{entry}]"), .. line[end..], (byte)'\n'];
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(string path)
    {
        using var source = new JsonLinesSource(new InputFile(path, FileShare.ReadWrite), int.MaxValue);
        while (source.ReadChunk() is { } chunk)
            foreach (var row in chunk)
                yield return row.Bytes;
    }

    public void Commit()
    {
        foreach (var file in _files)
            file.Commit();
    }

    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
        _writer.Dispose();
    }
}

/// <summary>How a row is written.</summary>
internal enum RowShape
{
    AsItStood,
    Pair,
}
