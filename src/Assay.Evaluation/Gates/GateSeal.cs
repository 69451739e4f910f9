using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Evaluation.Evidence;
using Assay.Ground.Files;

namespace Assay.Evaluation.Gates;

/// <summary>
/// SHA-256 of a verdict without its seal, as compact JSON in the order of the file. It notices edits and accidents. It is no signature:
/// whoever edits on purpose can seal again, so where that matters the verdict's file is kept under review or signed with other means.
/// </summary>
public static class GateSeal
{
    private const string Member = "seal";

    /// <summary>A member that stands there twice is read one way by one reader and another way by the next.</summary>
    private static readonly JsonDocumentOptions Once = new() { AllowDuplicateProperties = false };

    /// <summary>The verdict with its seal.</summary>
    public static GateEvidence On(GateEvidence gate) =>
        gate with
        {
            Seal = Of(JsonSerializer.SerializeToNode(gate, EvaluationJson.Options)!.AsObject()),
        };

    /// <summary>Whether the JSON text of a verdict is as it was sealed; white space apart, every byte counts.</summary>
    public static bool IsIntact(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: Once) is JsonObject gate
                && gate[Member] is JsonValue value
                && value.TryGetValue(out string? seal)
                && seal == Of(gate);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Of(JsonObject gate)
    {
        var rest = gate.DeepClone().AsObject();
        rest.Remove(Member);
        return ContentHash.Of(rest.ToJsonString());
    }
}
