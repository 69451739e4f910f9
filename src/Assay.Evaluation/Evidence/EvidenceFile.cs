using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Evaluation.Comparison;
using Assay.Ground.Files;

namespace Assay.Evaluation.Evidence;

/// <summary>Reads and writes evidence files, told apart by their <c>format</c>.</summary>
public static class EvidenceFile
{
    private const int HeadBytes = 1 << 16;

    private static readonly Dictionary<string, Type> Kinds = new(StringComparer.Ordinal)
    {
        [EvalEvidence.Kind] = typeof(EvalEvidence),
        [AuditEvidence.Kind] = typeof(AuditEvidence),
        [FreshEvidence.Kind] = typeof(FreshEvidence),
        [BenchmarkEvidence.Kind] = typeof(BenchmarkEvidence),
        [GateEvidence.Kind] = typeof(GateEvidence),
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

    /// <summary>Reads one file; null when it is JSON of another kind.</summary>
    /// <exception cref="EvaluationException">It is not JSON, or lacks a field of its kind.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEvidence? Read(string path) => Readable(path, json => json?["format"] is JsonValue format && format.TryGetValue(out string? kind) && Kinds.TryGetValue(kind, out var type) ? (IEvidence)json.Deserialize(type, EvaluationJson.Options)! : null);

    /// <summary>Reads what <c>assay compare</c> wrote, which is of several models and so no <see cref="IEvidence"/>.</summary>
    /// <exception cref="EvaluationException">It is not JSON, or lacks a field.</exception>
    internal static ComparisonReport ReadComparison(string path) => Readable(path, json => json.Deserialize<ComparisonReport>(EvaluationJson.Options)!);

    private static T Readable<T>(string path, Func<JsonObject?, T> read)
    {
        try
        {
            return read(JsonNode.Parse(File.ReadAllText(path), documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject);
        }
        catch (JsonException error)
        {
            throw new EvaluationException($"{path}: not an evidence file that can be read: {error.Message} Make it again with the verb that wrote it", error);
        }
    }

    /// <summary>The file itself, or the JSON files of a folder by name.</summary>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    internal static IReadOnlyList<string> FilesAt(string path) => Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal)]
        : File.Exists(path) ? [path]
        : throw new FileNotFoundException($"{path}: no such file or folder of evidence");

    /// <exception cref="EvaluationException">The two are of different models.</exception>
    internal static void DemandOneModel(EvidenceInput first, EvidenceSubject one, EvidenceInput second, EvidenceSubject other)
    {
        if (one.Fingerprint != other.Fingerprint)
            throw new EvaluationException($"evidence of two models: {first.Path} is of {one.Name} ({Short(one)}), {second.Path} of {other.Name} ({Short(other)}): one model at a time is judged, with one chat template");

        static string Short(EvidenceSubject subject) => subject.Fingerprint.Length <= 19 ? subject.Fingerprint : subject.Fingerprint[..19] + "…";
    }

    /// <summary>The member <c>format</c> of a JSON object, looked for in the file's beginning: a tokenizer or a million line numbers are not read for it.</summary>
    internal static string? FormatOf(string path)
    {
        using var stream = File.OpenRead(path);
        var head = new byte[HeadBytes];
        var reader = new Utf8JsonReader(head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)), isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isFormat = reader.ValueTextEquals("format");
                if (!reader.Read()) return null;
                if (isFormat) return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                if (!reader.TrySkip()) return null;
            }
            return null;
        }
        catch (JsonException)
        {
            return null; // not JSON from the start: nothing that a verb wrote
        }
    }
}
