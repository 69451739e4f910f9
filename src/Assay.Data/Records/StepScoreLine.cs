using System.Text.Json.Serialization;

namespace Assay.Data.Records;

/// <summary>A line of <c>process score</c>: a solution with a score for each step.</summary>
public sealed record StepScoreLine
{
    /// <summary>Line of the input, from 1.</summary>
    public required long Row { get; init; }

    /// <summary>That each step is right, 0..1, in their order.</summary>
    public required IReadOnlyList<double> StepScores { get; init; }

    /// <summary>The solution's, by <see cref="Aggregate"/>.</summary>
    public required double Score { get; init; }

    /// <summary><c>min</c>, <c>product</c>, <c>last</c> or <c>mean</c>.</summary>
    public required string Aggregate { get; init; }

    /// <summary>The first step below the threshold, from 0; -1 where none is.</summary>
    public required int FirstError { get; init; }

    public string? Id { get; init; }

    /// <summary>The row's own verdicts on its steps; null for one that nobody judged.</summary>
    public IReadOnlyList<bool?>? Labels { get; init; }

    /// <summary>Whether the row says that its final answer is right.</summary>
    public bool? FinalAnswerCorrect { get; init; }

    /// <summary>A line in the place of a solution that has no scores.</summary>
    public sealed record Failed(long Row, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Id, string Error);
}
