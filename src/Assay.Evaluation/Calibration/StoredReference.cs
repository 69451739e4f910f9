using System.Text.Json;
using System.Text.Json.Serialization;
using Assay.Evaluation.Evidence;
using Assay.Ground.Files;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Calibration;

/// <summary>
/// <c>reference_scores.json</c> in a model's folder: what its scores were on reference data, so that a single score of it means something.
/// It belongs to one fingerprint and is refused for any other.
/// </summary>
public sealed record StoredReference
{
    public const string FileName = ModelFolderNames.ReferenceScores;

    public const string Kind = "assay.reference_scores/1";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    /// <summary>The fingerprint of the model whose scores these are.</summary>
    public required string Model { get; init; }

    /// <summary>The data that was scored.</summary>
    public required IReadOnlyList<EvidenceInput> Inputs { get; init; }

    public required ReferenceScores Scores { get; init; }

    /// <summary>T of P(win) = σ(margin / T) on that data; NaN (null in JSON) where none could be fitted.</summary>
    public required double Temperature { get; init; }

    /// <summary>What an evaluation says of its model's scores.</summary>
    public static StoredReference Of(EvalEvidence evidence) =>
        new()
        {
            Model = evidence.Subject.Fingerprint,
            Inputs = evidence.Inputs,
            Scores = evidence.Reference,
            Temperature = evidence.Calibration.Temperature is { IsUsable: true, Temperature: var temperature } ? temperature : double.NaN,
        };

    /// <summary>The reference in a model's folder; null when there is none.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="fingerprint">Of the model that is in use.</param>
    /// <exception cref="EvaluationException">It cannot be read, or belongs to another fingerprint.</exception>
    public static StoredReference? Read(string folder, string fingerprint)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        StoredReference? reference;
        try
        {
            reference = JsonSerializer.Deserialize<StoredReference>(File.ReadAllText(path), EvaluationJson.Options);
        }
        catch (JsonException error)
        {
            throw new EvaluationException(
                $"{path}: not reference scores that can be read: {error.Message} Store them again with assay eval --store-reference, or delete the file",
                error
            );
        }
        if (reference is not { Scores.Percentiles.Count: 101 })
            throw new EvaluationException(
                $"{path}: wanted 101 percentiles under scores; store them again with assay eval --store-reference, or delete the file"
            );
        if (reference.Model != fingerprint)
        {
            throw new EvaluationException(
                $"{path}: made of the scores of another model ({Short(reference.Model)}; this one is {Short(fingerprint)}): weights, tokenizer or chat template have changed since, and percentiles would mean "
                    + "nothing. Store them again with assay eval --store-reference, or delete the file"
            );
        }
        return reference;
    }

    /// <summary>Writes to a temporary name and moves.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string folder) =>
        OutputFile.WriteAllText(
            Path.Combine(Path.GetFullPath(folder), FileName),
            JsonSerializer.Serialize(this, EvaluationJson.Options) + "\n"
        );

    /// <summary>P(first wins) of a margin, σ(margin / T); null where no temperature is stored.</summary>
    public double? Probability(double margin) => double.IsNaN(Temperature) ? null : Logistic.Sigmoid(margin / Temperature);

    private static string Short(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];
}
