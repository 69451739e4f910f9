namespace Assay.Data.Records;

/// <summary>A line of <c>ranked.jsonl</c>: one prompt's answers by their score, or why there is none.</summary>
public sealed record RankedLine
{
    /// <summary>Line of the input, from 1.</summary>
    public required long Row { get; init; }

    public string? Id { get; init; }

    /// <summary>Why nothing of the row was ranked; then nothing else stands here.</summary>
    public string? Error { get; init; }

    /// <summary>Of each answer in the row's order; null for one without a score.</summary>
    public IReadOnlyList<float?>? Scores { get; init; }

    /// <summary>What a composite reward was made of, for each answer; null for one without a score.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, float>?>? Components { get; init; }

    /// <summary>The places of the answers that have a score, from 0, the best first.</summary>
    public IReadOnlyList<int>? Order { get; init; }

    /// <summary>Why an answer has no score, by its place.</summary>
    public IReadOnlyDictionary<string, string>? Errors { get; init; }
}
