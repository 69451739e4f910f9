using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Checking;

namespace Assay.Evaluation.Evidence;

/// <summary>Reads and writes evidence files, told apart by their <c>format</c>.</summary>
public static class EvidenceFile
{
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
        OutputFile.WriteAllText(Path.GetFullPath(path), ToJson(evidence) + "\n");
    }

    /// <summary>Reads one file; null when it is JSON of another kind.</summary>
    /// <exception cref="EvaluationException">It is not JSON, or lacks a field of its kind.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEvidence? Read(string path)
    {
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path), documentOptions: new() { AllowDuplicateProperties = false }) is not JsonObject json || json["format"] is not JsonValue format || !format.TryGetValue(out string? kind)) return null;
            return Kinds.TryGetValue(kind, out var type) ? (IEvidence)json.Deserialize(type, EvaluationJson.Options)! : null;
        }
        catch (JsonException error)
        {
            throw new EvaluationException($"{path}: not an evidence file that can be read: {error.Message} Make it again with the verb that wrote it", error);
        }
    }
}
