using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Ground.Files;

namespace Assay.Data.Digests;

/// <summary>
/// The digests of a set of rows, sorted, and their file: one line of JSON (<c>format</c>, <c>rows</c>, <c>model</c>), then sixteen bytes a
/// row, prompt's before pair's, big endian. A model's folder has one of the rows it was trained on (<see cref="TrainingFileName"/>),
/// evidence one of the rows it was made of. Described in <c>docs/formats.md</c>.
/// </summary>
public sealed class RowDigests
{
    /// <summary>What <c>train</c> calls the file in a model's folder.</summary>
    public const string TrainingFileName = ModelFolderNames.TrainingRows;

    private const string Format = "assay.row_digests/1";
    private const int DigestBytes = 16;
    private const int LongestHead = 1024;

    private readonly RowDigest[] _rows;
    private ulong[]? _pairs;

    private RowDigests(RowDigest[] rows, string? model) => (_rows, Model) = (rows, model);

    /// <summary>The fingerprint of the model that was trained on the rows; null where they are no training rows.</summary>
    public string? Model { get; }

    /// <summary>Rows, repeated ones as often as they stand there.</summary>
    public int Count => _rows.Length;

    /// <summary>Digests in any order.</summary>
    public static RowDigests Of(IEnumerable<RowDigest> rows, string? model = null)
    {
        RowDigest[] sorted = [.. rows];
        Array.Sort(sorted);
        return new(sorted, model);
    }

    /// <summary>Both sets of rows in one.</summary>
    public RowDigests With(RowDigests other, string? model) => Of(_rows.Concat(other._rows), model);

    /// <summary>How many of these rows stand in another set, by their answers or by their prompt alone.</summary>
    public RowOverlap SharedWith(RowDigests other)
    {
        long pairs = 0,
            prompts = 0;
        var others = other.Pairs;
        foreach (var row in _rows)
        {
            if (Array.BinarySearch(others, row.Pair) >= 0)
                pairs++;
            else if (other.HasPrompt(row.Prompt))
                prompts++;
        }
        return new(Count, pairs, prompts);
    }

    /// <summary>Writes the file, under a temporary name first.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path)
    {
        using var file = new OutputFile(path);
        file.Stream.Write(
            JsonSerializer.SerializeToUtf8Bytes(
                new JsonObject
                {
                    ["format"] = Format,
                    ["rows"] = Count,
                    ["model"] = Model,
                }
            )
        );
        file.Stream.WriteByte((byte)'\n');
        Span<byte> bytes = stackalloc byte[DigestBytes];
        foreach (var row in _rows)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, row.Prompt);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], row.Pair);
            file.Stream.Write(bytes);
        }
        file.Commit();
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataFormatException">It is no such file, is cut, or is not sorted.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RowDigests Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        var end = bytes[..Math.Min(bytes.Length, LongestHead)].IndexOf((byte)'\n');
        JsonObject? head = null;
        try
        {
            if (end > 0)
                head = JsonNode.Parse(bytes[..end]) as JsonObject;
        }
        catch (JsonException)
        {
            // Said below.
        }
        if (head?["format"]?.ToString() != Format)
            throw new DataFormatException(
                $"{path}: no file of row digests: its first line is not {{\"format\": \"{Format}\", …}}; make it again with the verb that wrote it"
            );
        var body = bytes[(end + 1)..];
        if (head["rows"] is not JsonValue count || !count.TryGetValue(out int rows) || body.Length != (long)rows * DigestBytes)
            throw new DataFormatException(
                $"{path}: holds {body.Length} bytes of digests where its first line says {head["rows"]?.ToJsonString() ?? "nothing"} rows of {DigestBytes}: it is cut or was changed; make it again with the verb that wrote it"
            );
        var read = new RowDigest[rows];
        for (var i = 0; i < rows; i++)
        {
            var at = body.Slice(i * DigestBytes, DigestBytes);
            read[i] = new(BinaryPrimitives.ReadUInt64BigEndian(at), BinaryPrimitives.ReadUInt64BigEndian(at[8..]));
            if (i > 0 && read[i].CompareTo(read[i - 1]) < 0)
                throw new DataFormatException(
                    $"{path}: its digests are not sorted: it was changed; make it again with the verb that wrote it"
                );
        }
        return new(read, head["model"]?.ToString());
    }

    private ulong[] Pairs
    {
        get
        {
            if (_pairs is not null)
                return _pairs;
            var pairs = Array.ConvertAll(_rows, row => row.Pair);
            Array.Sort(pairs);
            return _pairs = pairs;
        }
    }

    private bool HasPrompt(ulong prompt)
    {
        var at = Array.BinarySearch(_rows, new RowDigest(prompt, 0));
        if (at >= 0)
            return true;
        at = ~at;
        return at < _rows.Length && _rows[at].Prompt == prompt;
    }
}

/// <summary>How many rows of one set stand in another.</summary>
/// <param name="Rows">Rows of the set.</param>
/// <param name="Pairs">Those whose opening turn and answers are the same.</param>
/// <param name="Prompts">Those that share only their prompt: the same prompt with other answers.</param>
public sealed record RowOverlap(long Rows, long Pairs, long Prompts)
{
    /// <summary>Rows that share anything.</summary>
    public long Shared => Pairs + Prompts;
}
