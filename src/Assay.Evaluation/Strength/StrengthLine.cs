using System.Text.Json.Serialization;

namespace Assay.Evaluation.Strength;

/// <summary>A line of <c>strength.jsonl</c>: what models that did not see a pair say of its label.</summary>
public sealed record StrengthLine
{
    /// <summary>The file as it was named.</summary>
    public required string File { get; init; }

    /// <summary>Its line there, from 1.</summary>
    public required long Row { get; init; }

    /// <summary>Which of the row's pairs, from 0; null for the first.</summary>
    public int? Part { get; init; }

    public string? Id { get; init; }

    public string? Source { get; init; }

    /// <summary>Its prompt's group, for intervals.</summary>
    public string? Group { get; init; }

    /// <summary>Mean of <see cref="Margins"/>.</summary>
    public required double Strength { get; init; }

    /// <summary>Population standard deviation of <see cref="Margins"/>.</summary>
    public required double Spread { get; init; }

    /// <summary>That the label is right, 0..1; null where it cannot be told.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? Probability { get; init; }

    /// <summary><c>keep</c>, <c>review</c> or <c>flip</c>.</summary>
    public required string Proposal { get; init; }

    /// <summary>Of each model, score of chosen less score of rejected.</summary>
    public required IReadOnlyList<double> Margins { get; init; }

    public required float ChosenScore { get; init; }

    public required float RejectedScore { get; init; }
}
