using System.Text.Json.Serialization;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Strength;

/// <summary><c>strength.json</c>: label quality of a data set, measured by models that did not see the pairs they judged.</summary>
public sealed record StrengthReport
{
    public const string Kind = "assay.strength/1",
        FileName = "strength.json";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    /// <summary>The checkpoint every model started from, as it was named.</summary>
    public required string Model { get; init; }

    public required IReadOnlyList<EvidenceInput> Inputs { get; init; }

    public required int Folds { get; init; }

    public required int Seeds { get; init; }

    /// <summary>Rows read.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that took no part, by reason.</summary>
    public required IReadOnlyDictionary<string, long> SetAside { get; init; }

    /// <summary>Groups whose pairs stayed in one fold.</summary>
    public required int Prompts { get; init; }

    public required IReadOnlyList<StrengthMember> Members { get; init; }

    public required StrengthFigures Figures { get; init; }

    /// <summary>The file for people and its key; null where nothing is proposed.</summary>
    public required string? ToLabel { get; init; }
}

/// <summary>One model of the ensemble.</summary>
/// <param name="Seed">Of its head, its order of rows and the folds.</param>
/// <param name="Fold">From 1: the fold that was held out.</param>
/// <param name="TrainedOn">Pairs it was trained on.</param>
/// <param name="Pairs">Pairs it judged.</param>
/// <param name="Accuracy">On those, a tie half.</param>
public sealed record StrengthMember(long Seed, int Fold, int TrainedOn, int Pairs, double Accuracy);
