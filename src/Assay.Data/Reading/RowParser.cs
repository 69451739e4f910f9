using System.Text.Json;
using System.Text.Unicode;
using Assay.Data.Contract;
using Assay.Data.Reading.Containers;
using Assay.Data.Reading.Formats;

namespace Assay.Data.Reading;

/// <summary>Turns raw rows into pairs by one format, and what goes wrong on the way into findings.</summary>
internal sealed class RowParser(string path, RowFormat format)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly string _fileSource = DataFiles.StemOf(path);
    private readonly UnreadFields _unread = new(format.Fields);

    /// <summary>Whether rows of the file state a prompt: then one that states none lacks it.</summary>
    public bool ExpectsPrompt { get; init; }

    public IReadOnlyList<PairRow> Parse(IReadOnlyList<RawRow> chunk, int start, int count)
    {
        if (count == 1)
            return Parse(chunk[start]);
        var scopes = new List<RowScope>();
        var documents = new List<JsonDocument>();
        try
        {
            for (var i = start; i < start + count; i++)
            {
                documents.Add(JsonDocument.Parse(chunk[i].Bytes, Strict));
                scopes.Add(new RowScope(path, _fileSource, chunk[i], documents[^1].RootElement));
            }
            scopes.ForEach(_unread.CheckMedia);
            format.ReadGroup(scopes);
            scopes.ForEach(_unread.Check);
            return [.. scopes.SelectMany(scope => scope.Finish())];
        }
        finally
        {
            foreach (var document in documents)
                document.Dispose();
        }
    }

    /// <summary>How many rows from <paramref name="start"/> belong together.</summary>
    public int GroupLength(IReadOnlyList<RawRow> chunk, int start)
    {
        var key = GroupKey(chunk[start]);
        var end = start + 1;
        while (key is not null && end < chunk.Count && GroupKey(chunk[end]) == key)
            end++;
        return end - start;
    }

    /// <summary>Where the chunk's last group begins.</summary>
    public int LastGroupStart(IReadOnlyList<RawRow> chunk)
    {
        var key = GroupKey(chunk[^1]);
        var start = chunk.Count - 1;
        while (key is not null && start > 0 && GroupKey(chunk[start - 1]) == key)
            start--;
        return start;
    }

    private string? GroupKey(RawRow raw)
    {
        // A row that will be refused belongs to no group: it would take the others down with it.
        if (raw.Problem is not null || !Utf8.IsValid(raw.Bytes.Span) || SurrogateColumn(raw.Bytes.Span) > 0)
            return null;
        try
        {
            using var document = JsonDocument.Parse(raw.Bytes, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? format.GroupKey(document.RootElement) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private IReadOnlyList<PairRow> Parse(RawRow raw)
    {
        if (raw.Problem is { } problem)
            return [Unreadable(raw, problem)];
        if (!Utf8.IsValid(raw.Bytes.Span))
        {
            var at = JsonColumns.InvalidByte(raw.Bytes.Span);
            return
            [
                Unreadable(
                    raw,
                    new Finding(
                        Reason.BadEncoding,
                        $"byte 0x{raw.Bytes.Span[at]:X2} is not UTF-8; save the file as UTF-8",
                        JsonColumns.OfByte(raw.Bytes.Span, at)
                    )
                ),
            ];
        }
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(raw.Bytes, Strict);
        }
        catch (JsonException error)
        {
            return [Unreadable(raw, Explain(raw.Bytes.Span, error))];
        }
        // The parser compares names to find duplicates, and a name that is no text has nothing to compare.
        catch (InvalidOperationException)
        {
            return [Unreadable(raw, HalfSurrogate(raw.Bytes.Span))];
        }
        using (document)
        {
            // In any field: what is not read here is read later, where nothing can be set aside any more.
            if (SurrogateColumn(raw.Bytes.Span) > 0)
                return [Unreadable(raw, HalfSurrogate(raw.Bytes.Span))];
            RowScope scope;
            try
            {
                scope = new RowScope(path, _fileSource, raw, document.RootElement);
            }
            catch (InvalidOperationException)
            {
                return [Unreadable(raw, HalfSurrogate(raw.Bytes.Span))];
            }
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                scope.Add(
                    new Finding(
                        Reason.WrongType,
                        $"the row is a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}, an object was wanted",
                        1
                    )
                );
                return scope.Finish();
            }
            try
            {
                if (format.Accepts(document.RootElement) || RowFormat.DetectFrom(document.RootElement) is not { } other || other == format)
                {
                    _unread.CheckMedia(scope);
                    format.Read(scope);
                    if (
                        ExpectsPrompt
                        && scope.FirstPair is { PromptTextLength: 0, PromptMessageCount: 0 }
                        && !RowScope.Has(document.RootElement, "prompt")
                    )
                        scope.Add(
                            Reason.EmptyPrompt,
                            $"prompt is {(document.RootElement.TryGetProperty("prompt", out _) ? "null" : "absent")}, and other rows of the file have one"
                        );
                    _unread.Check(scope);
                }
                else
                    scope.Add(
                        new Finding(
                            Reason.MixedFormat,
                            $"the file is read as {format.Name} and this row is {other.Name}; put rows of one format in a file, or name the format with --format of check and split",
                            1
                        )
                    );
            }
            // JsonElement.GetString throws this for an escaped half of a surrogate pair, which is no text.
            catch (InvalidOperationException)
            {
                scope.Add(HalfSurrogate(raw.Bytes.Span));
            }
            return scope.Finish();
        }
    }

    private PairRow Unreadable(RawRow raw, Finding finding) =>
        new()
        {
            File = path,
            Line = raw.Line,
            Findings = [finding],
            Raw = raw.Bytes,
        };

    /// <summary>What is wrong with bytes that are no JSON.</summary>
    internal static Finding Explain(ReadOnlySpan<byte> line, JsonException error)
    {
        var before = 0L;
        for (var feeds = error.LineNumber ?? 0; feeds > 0; feeds--)
            before += line[(int)before..].IndexOf((byte)'\n') + 1;
        var at = (int)Math.Min(before + (error.BytePositionInLine ?? 0), line.Length);
        var column = JsonColumns.OfByte(line, at);
        var rest = line[at..];
        if (
            rest.StartsWith("NaN"u8)
            || rest.StartsWith("Infinity"u8)
            || rest.StartsWith("-Infinity"u8)
            || rest.StartsWith("Infinity"u8[1..])
        )
            return new Finding(
                Reason.NonFiniteNumber,
                "NaN and Infinity are not JSON; a number must be finite, or the field left out",
                column
            );
        try
        {
            if (JsonColumns.DuplicateKey(line) is { } duplicate)
                return new Finding(Reason.DuplicateKey, $"the key \"{duplicate.Key}\" stands twice in one object", duplicate.Column);
        }
        // A name that is no text cannot be compared with others; nor would it be the cause.
        catch (Exception other) when (other is JsonException or InvalidOperationException) { }
        if (at >= line.Length)
            return new Finding(Reason.MalformedJson, "the line ends in the middle of a JSON value", column);
        if (rest.StartsWith<byte>([0xEF, 0xBB, 0xBF]))
            return new Finding(Reason.MalformedJson, "a byte-order mark in the middle of the file: files were joined; remove it", column);
        return new Finding(Reason.MalformedJson, $"not JSON: {Cause(error.Message)}", column);
    }

    private static string Cause(string message)
    {
        var end = message.IndexOf(" Path:", StringComparison.Ordinal);
        if (end < 0)
            end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }

    private static Finding HalfSurrogate(ReadOnlySpan<byte> line) =>
        new(Reason.BadEncoding, "a string holds an unpaired surrogate escape (\\ud800 to \\udfff)", SurrogateColumn(line));

    /// <summary>Column of the first string that holds half a surrogate pair, or 0.</summary>
    internal static int SurrogateColumn(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\\ud"u8) < 0 && line.IndexOf("\\uD"u8) < 0)
            return 0;
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                    continue;
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    return JsonColumns.OfByte(line, reader.TokenStartIndex);
                }
            }
        }
        catch (JsonException) { }
        return 0;
    }
}
