using System.Text.Json;
using Json.Schema;

namespace Assay.Verifiers;

/// <summary>
/// The whole text is one JSON value that a schema allows (JSON Schema, draft 2020-12 unless the schema says otherwise). A text around it,
/// or a fence, is not JSON.
/// </summary>
public sealed class JsonSchemaVerifier : IVerifier
{
    private readonly JsonSchema _schema;

    /// <param name="schema">The schema as JSON.</param>
    /// <exception cref="FormatException">It is no schema.</exception>
    public JsonSchemaVerifier(string schema)
    {
        try
        {
            _schema = JsonSchema.FromText(schema);
        }
        catch (Exception error) when (error is JsonException or JsonSchemaException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"the JSON schema cannot be read: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public ReferenceKind Needs => ReferenceKind.None;

    /// <inheritdoc/>
    public Verification Verify(string completion, string reference)
    {
        try
        {
            var found = _schema.Evaluate(
                JsonDocument.Parse(completion).RootElement,
                new EvaluationOptions { OutputFormat = OutputFormat.List }
            );
            return found.IsValid ? new Verification(Verdict.Correct) : new Verification(Verdict.Wrong, Why(found));
        }
        catch (JsonException error)
        {
            return new Verification(Verdict.NoAnswer, $"not JSON: {error.Message}");
        }
    }

    private static string? Why(EvaluationResults found) =>
        (found.Details ?? [])
            .Where(detail => detail.Errors is { Count: > 0 })
            .Select(detail => $"{detail.InstanceLocation}: {detail.Errors!.First().Value}")
            .FirstOrDefault();
}
