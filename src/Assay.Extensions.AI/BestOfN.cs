using Microsoft.Extensions.AI;

namespace Assay.Extensions.AI;

/// <summary>How the best of several answers is taken.</summary>
public sealed record BestOfNOptions
{
    /// <summary>Answers that are asked for, 1 or more. Each costs what one costs.</summary>
    public int Count { get; init; } = 4;

    /// <summary>Most of them that are asked for at once, 1 or more; null for all.</summary>
    public int? MaxConcurrency { get; init; }
}

/// <summary>What became of the answers; in <see cref="ChatResponse.AdditionalProperties"/> under <see cref="Key"/>.</summary>
/// <param name="Chosen">Which of <paramref name="Candidates"/> was returned, from 0.</param>
/// <param name="Candidates">All answers, in the order in which they were asked for.</param>
public sealed record BestOfNResult(int Chosen, IReadOnlyList<BestOfNCandidate> Candidates)
{
    /// <summary>The name under which it stands in a response's properties.</summary>
    public const string Key = "assay.best_of_n";
}

/// <summary>One of the answers.</summary>
/// <param name="Response">The answer; null where asking for it failed.</param>
/// <param name="Score">Its raw score, the model's logit; null where it has none.</param>
/// <param name="Problem">Why it has none: the client's error, or the model's reason, its code first; null where there is a score.</param>
public sealed record BestOfNCandidate(ChatResponse? Response, float? Score, string? Problem);
