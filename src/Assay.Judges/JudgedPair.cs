using Assay.Data;
using Assay.Evaluation.Metrics;

namespace Assay.Judges;

/// <summary>A pair with what the judge said of it: a score like any model's, or why there is none.</summary>
public sealed record JudgedPair
{
    public required PreferencePair Pair { get; init; }

    /// <summary>The score; null where <see cref="Error"/> says why.</summary>
    public PairScore? Score { get; init; }

    /// <summary>
    /// <c>no_verdict</c>, <c>no_verdict_in_one_order</c>, or where no call went through <c>call_failed</c> or <c>endpoint_refused</c>.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>
    /// The share of the votes for the chosen answer, ties half, each order weighing the same; null for ratings and without a score.
    /// </summary>
    public double? Probability { get; init; }

    /// <summary>The calls about this pair; of several answers to a prompt all calls about them.</summary>
    public required IReadOnlyList<JudgeVote> Votes { get; init; }

    /// <summary>The candidates in <see cref="JudgeVote.Order"/> that are this pair's chosen and rejected answers.</summary>
    public int Chosen { get; init; }

    /// <inheritdoc cref="Chosen"/>
    public int Rejected { get; init; } = 1;
}
