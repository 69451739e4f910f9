using System.Text.Json;
using Assay.Data.Contract;
using Assay.Data.Reading.Containers;
using Assay.Data.Reading.Formats;

namespace Assay.Data.Reading;

/// <summary>
/// Reads preference pairs from one file, in order, in bounded memory, parsing on all cores. Every row of the file comes out exactly once:
/// as a pair, as several (a row of N candidates), or as a row that is set aside with its reasons. Nothing is repaired and nothing is
/// dropped.
/// </summary>
///<example><code>
///using var reader = PairReader.Open("pairs.jsonl.gz");
///foreach (PairRow row in reader.Read())
///    if (row.IsUsable) Train(row.Pair!); else SetAside(row);
///</code></example>
public sealed class PairReader : IDisposable
{
    private readonly RowSource _source;
    private readonly PairReaderOptions _options;
    private readonly Queue<IReadOnlyList<RawRow>> _peeked = new();
    private readonly RowFormat _format;
    private const int MostErrorsSaid = 5;

    private readonly bool _expectsPrompt;
    private readonly List<string> _errors = [];
    private bool _read;

    /// <summary>How far a file that begins with unreadable rows is looked into for one that tells the format.</summary>
    private const int MostChunksToDetect = 16;

    /// <summary>Rows looked at before reading, to refuse a file that cannot be read as a whole.</summary>
    private const int MostRowsToJudge = 64;

    private PairReader(string path, RowSource source, PairReaderOptions options)
    {
        Path = path;
        _source = source;
        _options = options;
        if (options.Format is { } named)
            _format = Peek(named.Rows);
        else
            _format = Detect();
        _expectsPrompt = _peeked.TryPeek(out var first) && _format is TrlFormat and not TrlTurnsFormat && first.Any(StatesPrompt);
        RefuseUnreadable();
    }

    /// <summary>The file as it was named.</summary>
    public string Path { get; }

    /// <summary>The rows' format, as given or as detected.</summary>
    public PairFormat Format => _format.Format;

    /// <summary><c>JSON Lines</c>, <c>JSON array</c>, <c>CSV</c>, …, with its compression.</summary>
    public string Container => _source.Container;

    /// <summary>The input can be read only once, and is: see <see cref="Pipes"/>.</summary>
    public bool IsPipe => _source.Input.IsPipe;

    /// <summary>Rows read so far.</summary>
    public long RowCount { get; private set; }

    /// <summary>Line of the last row read so far; 0 before the first.</summary>
    public long LastLine { get; private set; }

    /// <summary>Rows read so far that could not be understood, see <see cref="Reasons.IsError"/>.</summary>
    public int ErrorCount { get; private set; }

    /// <summary>Bytes of the file read so far, for progress.</summary>
    public long BytesRead => _source.BytesRead;

    /// <summary>
    /// Opens a file: container and compression by its first bytes (CSV and TSV by their extension), format as asked for or by its first
    /// rows.
    /// </summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="DataFormatException">The container is damaged, or no format fits its first rows.</exception>
    public static PairReader Open(string path, PairReaderOptions? options = null)
    {
        options ??= new PairReaderOptions();
        var source = FieldMapping.Apply(options.Fields, RowSources.Open(path, options.MaxLineBytes));
        try
        {
            return new PairReader(path, source, options);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The rows, in order. Once only.</summary>
    /// <exception cref="DataFormatException">More rows than <see cref="PairReaderOptions.MaxErrors"/> could not be understood, or the
    /// container is damaged.</exception>
    public IEnumerable<PairRow> Read(CancellationToken cancellationToken = default) => Read(row => row, cancellationToken);

    /// <summary>The rows, each turned into something else on the thread that parsed it; in order. Once only.</summary>
    /// <exception cref="DataFormatException">More rows than <see cref="PairReaderOptions.MaxErrors"/> could not be understood, or the
    /// container is damaged.</exception>
    public IEnumerable<T> Read<T>(Func<PairRow, T> map, CancellationToken cancellationToken = default)
    {
        if (_read)
            throw new InvalidOperationException("this reader has been read; open another");
        _read = true;
        var running = new Queue<Task<Parsed<T>>>();
        var refusals = new FileRefusals();
        var more = true;
        while (true)
        {
            while (more && running.Count < _options.Parallelism * 2)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var chunk = NextChunk();
                more = chunk is not null;
                if (chunk is not null)
                    running.Enqueue(Task.Run(() => Parse(chunk, map), cancellationToken));
            }
            if (!running.TryDequeue(out var first))
                break;
            var parsed = first.GetAwaiter().GetResult();
            RowCount += parsed.RowCount;
            LastLine = parsed.LastLine;
            refusals.Add(parsed.Refusals);
            foreach (var error in parsed.Errors)
            {
                ErrorCount++;
                // One of a kind tells as much as ten.
                if (_errors.Count < MostErrorsSaid && !_errors.Exists(said => KindOf(said) == KindOf(error)))
                    _errors.Add(error);
                if (ErrorCount > _options.MaxErrors)
                    throw new DataFormatException(TooManyErrors());
            }
            foreach (var item in parsed.Items)
                yield return item;
        }
        refusals.Demand(Path, RowCount);
    }

    /// <summary>The reason's code in a row's description.</summary>
    private static string KindOf(string error) =>
        Reasons.All.FirstOrDefault(entry => error.Contains($": {entry.Code}: ", StringComparison.Ordinal))?.Code ?? error;

    private string TooManyErrors() =>
        _options.MaxErrors == 0
            ? $"{_errors[0]}; assay check names every such row and sets it aside"
            : $"{Path}: more than {_options.MaxErrors} rows cannot be read; the first{(_errors.Count == 1 ? "" : " of each kind")}: {string.Join("\n  ", _errors.Prepend("").Skip(_errors.Count == 1 ? 1 : 0))}";

    private sealed record Parsed<T>(int RowCount, long LastLine, List<T> Items, List<string> Errors, FileRefusals Refusals);

    private Parsed<T> Parse<T>(IReadOnlyList<RawRow> chunk, Func<PairRow, T> map)
    {
        var parsed = new Parsed<T>(chunk.Count, chunk[^1].Line, new List<T>(chunk.Count), [], new FileRefusals());
        var parser = Parser();
        for (var i = 0; i < chunk.Count; )
        {
            var taken = _format.GroupsRows ? parser.GroupLength(chunk, i) : 1;
            foreach (var row in parser.Parse(chunk, i, taken))
            {
                if (row.Part == 0 && row.IsError)
                    parsed.Errors.Add(row.Describe());
                if (row.Part == 0)
                    parsed.Refusals.Count(row);
                parsed.Items.Add(map(row));
            }
            i += taken;
        }
        return parsed;
    }

    private IReadOnlyList<RawRow>? NextChunk()
    {
        var chunk = _peeked.Count > 0 ? _peeked.Dequeue() : _source.ReadChunk();
        if (chunk is null || !_format.GroupsRows)
            return chunk;
        // A group of rows may go on in the next chunk: what may belong to it waits there.
        while (_peeked.Count > 0 || _source.ReadChunk() is { } next && Push(next))
        {
            var following = _peeked.Dequeue();
            var keep = new RowParser(Path, _format).LastGroupStart(chunk);
            if (keep == 0)
            {
                chunk = [.. chunk, .. following];
                continue;
            }
            _peeked.Enqueue([.. chunk.Skip(keep), .. following]);
            return [.. chunk.Take(keep)];
        }
        return chunk;
    }

    private bool Push(IReadOnlyList<RawRow> chunk)
    {
        _peeked.Enqueue(chunk);
        return true;
    }

    private RowFormat Peek(RowFormat named)
    {
        if (_source.ReadChunk() is { } chunk)
            _peeked.Enqueue(chunk);
        return named;
    }

    private RowParser Parser() => new(Path, _format) { ExpectsPrompt = _expectsPrompt };

    /// <summary>
    /// A file whose first rows are for the most part not what this program can read is refused before anything is done with it.
    /// </summary>
    private void RefuseUnreadable()
    {
        if (!_peeked.TryPeek(out var chunk) || _format.GroupsRows)
            return;
        var refusals = new FileRefusals();
        var parser = Parser();
        var looked = Math.Min(chunk.Count, MostRowsToJudge);
        for (var i = 0; i < looked; i++)
            refusals.Count(parser.Parse(chunk, i, 1)[0]);
        refusals.Demand(Path, looked);
    }

    // One row with a system message or earlier turns makes the file one of turns: its others have none.
    private static bool IsOfTurns(RawRow raw) => Ask(raw, row => RowFormat.DetectFrom(row) is TrlTurnsFormat);

    private static bool StatesPrompt(RawRow raw) => Ask(raw, row => row.ValueKind == JsonValueKind.Object && RowScope.Has(row, "prompt"));

    private static bool Ask(RawRow raw, Func<JsonElement, bool> question)
    {
        if (raw.Problem is not null)
            return false;
        try
        {
            using var document = JsonDocument.Parse(raw.Bytes);
            return question(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>
    /// Asks the rows for their format, one after the other; those that cannot be read are passed over, and their errors found when they are
    /// read.
    /// </summary>
    private RowFormat Detect()
    {
        string? seen = null;
        (RawRow Row, Finding Cause)? broken = null;
        while (_peeked.Count < MostChunksToDetect && _source.ReadChunk() is { } chunk)
        {
            _peeked.Enqueue(chunk);
            foreach (var raw in chunk)
            {
                if (raw.Problem is not null)
                    continue;
                try
                {
                    using var document = JsonDocument.Parse(raw.Bytes);
                    if (RowFormat.DetectFrom(document.RootElement) is { } found)
                        return found is TrlFormat and not TrlTurnsFormat && chunk.Any(IsOfTurns) ? RowFormat.Of<TrlTurnsFormat>() : found;
                    if (IsOldQuarantine(document.RootElement))
                        throw new DataFormatException(
                            $"{Path}:{raw.Line}:1: rows that a training of an earlier Assay set aside, each inside \"row\": jq -c .row FILE gives the rows as they stood"
                        );
                    seen ??=
                        $"{raw.Line}:1: no known format fits: the row {Describe(document.RootElement)}; {UnknownFormat.Advice(document.RootElement)}";
                }
                catch (JsonException error)
                {
                    broken ??= (raw, RowParser.Explain(raw.Bytes.Span, error));
                }
                catch (InvalidOperationException)
                {
                    // Half a surrogate pair: found again, with its column, when the row is read.
                }
            }
            if (seen is not null)
                break;
        }
        if (seen is not null)
            throw new DataFormatException($"{Path}:{seen}");
        if (broken is { } first)
            throw new DataFormatException(
                $"{Path}:{first.Row.Line}:{first.Cause.Column}: {first.Cause.Reason.Code()}: {first.Cause.Detail}, and no other row that was looked at is JSON{(FileGuess.Of(first.Row.Bytes.Span) is { } guess ? $"; {guess}" : "")}"
            );
        return RowFormat.Of<TrlFormat>();
    }

    // Until 2026-11-29 a training's quarantine.jsonl had another shape than check's.
    private static bool IsOldQuarantine(JsonElement row) =>
        row.ValueKind == JsonValueKind.Object
        && row.EnumerateObject().Select(property => property.Name).SequenceEqual(["file", "line", "reasons", "detail", "row"]);

    private string Describe(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
            return $"is a JSON {row.ValueKind.ToString().ToLowerInvariant()}";
        var keys = string.Join(", ", row.EnumerateObject().Select(property => property.Name));
        if (_source is not DelimitedSource)
            return $"has the keys {keys}";
        return keys.Contains(';') || keys.Contains('\t')
            ? $"has the columns {keys}: cells are separated by another character than this file's extension says (.csv is commas, .tsv tabs)"
            : $"has the columns {keys} (is the header row missing?)";
    }

    public void Dispose() => _source.Dispose();
}
