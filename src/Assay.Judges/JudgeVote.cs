namespace Assay.Judges;

/// <summary>One call and what it said.</summary>
public sealed record JudgeVote
{
    /// <summary>Which sample of this order, from 0.</summary>
    public required int Sample { get; init; }

    /// <summary>
    /// The candidate at each place. Of a pair 0 is the chosen answer and 1 the rejected one, whatever the judge was shown first; of several
    /// they are numbered as they come in the data.
    /// </summary>
    public required IReadOnlyList<int> Order { get; init; }

    /// <summary>What was read.</summary>
    public required VerdictReading Reading { get; init; }

    /// <summary>What the judge wrote; null where it is not kept.</summary>
    public string? Answer { get; init; }

    public long? InputTokens { get; init; }

    public long? OutputTokens { get; init; }

    /// <summary>The candidate it named best; null for a tie, a rating or no verdict.</summary>
    public int? Named => Reading.Place is { } place ? Order[place] : null;

    /// <summary>What a candidate earns by it: 1 named, 1/2 for a tie, else 0; null without a verdict.</summary>
    public double? Credit(int candidate) =>
        Reading.NoVerdict is not null ? null
        : Reading.IsTie ? 0.5
        : Named == candidate ? 1
        : 0;
}
