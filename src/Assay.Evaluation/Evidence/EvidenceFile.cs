using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Checking;
using Assay.Data.Splits;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Process;
using Assay.Ground.Files;

namespace Assay.Evaluation.Evidence;

/// <summary>Reads and writes evidence files, told apart by their <c>format</c>.</summary>
public static class EvidenceFile
{
    private const int HeadBytes = 1 << 16;

    /// <summary>Every kind of evidence by its format. To add one: its line here.</summary>
    private static readonly Dictionary<string, Func<string, IEvidence>> Kinds = new(StringComparer.Ordinal)
    {
        [EvalEvidence.Kind] = Record<EvalEvidence>,
        [AuditEvidence.Kind] = Record<AuditEvidence>,
        [FreshEvidence.Kind] = Record<FreshEvidence>,
        [BenchmarkEvidence.Kind] = Record<BenchmarkEvidence>,
        [GateEvidence.Kind] = Record<GateEvidence>,
    };

    /// <summary>What the gate and the report take beside evidence.</summary>
    private static readonly Dictionary<string, Func<string, object>> Others = new(StringComparer.Ordinal)
    {
        [ComparisonReport.Kind] = Record<ComparisonReport>,
        [FiguresFile.Kind] = FiguresFile.Read,
        [SplitFile.Format] = SplitFile.Read,
        [CheckReport.Kind] = CheckReport.Read,
        [JudgeEvidence.Kind] = Record<JudgeEvidence>,
        [MasterKeysEvidence.Kind] = Record<MasterKeysEvidence>,
        [VerifierEvidence.Kind] = Record<VerifierEvidence>,
        [ProcessReport.Kind] = Record<ProcessReport>,
    };

    /// <summary>The evidence as JSON text.</summary>
    public static string ToJson(IEvidence evidence) => JsonSerializer.Serialize(evidence, evidence.GetType(), EvaluationJson.Options);

    /// <summary>Writes to a temporary name and moves; makes the folder.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEvidence evidence)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        OutputFile.WriteAllText(path, ToJson(evidence) + "\n");
    }

    /// <summary>Reads one file of evidence; null when it is JSON of another kind.</summary>
    /// <exception cref="EvaluationException">It is not JSON, or lacks a field of its kind.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEvidence? Read(string path) =>
        FormatOf(path) is { } format
            ? Kinds.TryGetValue(format, out var read)
                ? read(path)
                : null
            : WithoutFormat<IEvidence>(path);

    /// <summary>
    /// The files that are named and those of the folders that are named, each with what it holds: an <see cref="IEvidence"/>, a comparison,
    /// a split, a check's report, figures of other tools, or null for none of these.
    /// </summary>
    /// <exception cref="FormatException">A file is of one of these formats and cannot be read as it, or a named one is not
    /// JSON.</exception>
    /// <exception cref="IOException">A path is missing or cannot be read.</exception>
    internal static IEnumerable<FoundEvidence> ReadAll(IEnumerable<string> paths)
    {
        foreach (var place in paths)
        {
            var isFolder = Directory.Exists(place);
            foreach (var path in FilesAt(place))
            {
                // A folder may hold other JSON, large or of no kind at all: that is not read.
                var format = FormatOf(path);
                yield return new(place, path, format, isFolder && format is null ? null : Content(path, format));
            }
        }
    }

    private static object? Content(string path, string? format) =>
        format is null ? WithoutFormat<object>(path)
        : Kinds.TryGetValue(format, out var evidence) ? evidence(path)
        : Others.TryGetValue(format, out var other) ? other(path)
        : null;

    // What is not JSON at all is said as such.
    private static T? WithoutFormat<T>(string path)
        where T : class
    {
        Record<JsonNode>(path);
        return null;
    }

    private static T Record<T>(string path)
        where T : class
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(stream, EvaluationJson.Options) ?? throw new JsonException("it holds null.");
        }
        catch (JsonException error)
        {
            throw new EvaluationException(
                $"{path}: not an evidence file that can be read: {error.Message} Make it again with the verb that wrote it",
                error
            );
        }
    }

    /// <summary>The file itself, or the JSON files of a folder by name.</summary>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    internal static IReadOnlyList<string> FilesAt(string path) =>
        Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal)]
        : File.Exists(path) ? [path]
        : throw new FileNotFoundException($"{path}: no such file or folder of evidence");

    /// <exception cref="EvaluationException">The two are of different models.</exception>
    internal static void DemandOneModel(EvidenceInput first, EvidenceSubject one, EvidenceInput second, EvidenceSubject other)
    {
        if (one.Fingerprint != other.Fingerprint)
            throw new EvaluationException(
                $"evidence of two models: {first.Path} is of {one.Name} ({Short(one)}), {second.Path} of {other.Name} ({Short(other)}): one model at a time is judged, with one chat template"
            );

        static string Short(EvidenceSubject subject) =>
            subject.Fingerprint.Length <= 19 ? subject.Fingerprint : subject.Fingerprint[..19] + "…";
    }

    /// <summary>
    /// The member <c>format</c> of a JSON object, looked for in the file's beginning: a tokenizer or a million line numbers are not read
    /// for it.
    /// </summary>
    internal static string? FormatOf(string path)
    {
        using var stream = File.OpenRead(path);
        var head = new byte[HeadBytes];
        var reader = new Utf8JsonReader(
            head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)),
            isFinalBlock: false,
            default
        );
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isFormat = reader.ValueTextEquals("format");
                if (!reader.Read())
                    return null;
                if (isFormat)
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                if (!reader.TrySkip())
                    return null;
            }
            return null;
        }
        catch (JsonException)
        {
            return null; // not JSON from the start: nothing that a verb wrote
        }
    }
}
