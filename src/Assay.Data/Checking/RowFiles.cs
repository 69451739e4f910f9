using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Data.Reading.Containers;
using Assay.Data.Records;
using Assay.Ground.Files;

namespace Assay.Data.Checking;

/// <summary>
/// Writes <c>kept.jsonl</c>, <c>review.jsonl</c> and <c>quarantine.jsonl</c>: rows behind a note of their file, line and reasons, so that
/// kept rows can be trained on as they are.
/// </summary>
internal sealed class RowFiles : IDisposable
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly OutputFile[] _files;
    private readonly RowLineWriter _lines = new();

    public RowFiles(string folder)
    {
        Directory.CreateDirectory(folder);
        _files = [.. Enum.GetValues<RowStatus>().Select(status => new OutputFile(Path.Combine(folder, CheckReport.RowsOf(status))))];
    }

    public long Count(RowStatus status) => _files[(int)status].LineCount;

    /// <param name="row">The row.</param>
    /// <param name="findings">All that was found, the reader's and the contract's.</param>
    /// <param name="status">Which file.</param>
    /// <param name="asPair">Write the pair in TRL's form instead of the row as it stood.</param>
    public void Write(PairRow row, IReadOnlyList<Finding> findings, RowStatus status, RowShape asPair)
    {
        var file = _files[(int)status];
        _lines.Write(
            file.Stream,
            new NotedRow(row.File, row.Line, findings, row.Raw)
            {
                Part = row.Part,
                PartCount = row.PartCount,
                Pair = asPair == RowShape.Pair ? row.Pair : null,
            }
        );
        file.LineCount++;
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
        _lines.Dispose();
    }
}

/// <summary>How a row is written.</summary>
internal enum RowShape
{
    AsItStood,
    Pair,
}
