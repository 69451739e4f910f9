namespace Assay.Data.Reading.Solutions;

/// <summary>A question with a solution in steps, and what people (or a program) said of them.</summary>
public sealed record Solution
{
    /// <summary>The row's id, or null.</summary>
    public string? Id { get; init; }

    /// <summary>The question, as text.</summary>
    public required string Prompt { get; init; }

    /// <summary>The steps in order, at least one.</summary>
    public required IReadOnlyList<string> Steps { get; init; }

    /// <summary>For each step whether it is right, null where nobody judged it; null where the row has no verdicts.</summary>
    public IReadOnlyList<bool?>? Labels { get; init; }

    /// <summary>Whether the final answer is right; null where nobody says so.</summary>
    public bool? IsCorrect { get; init; }
}
