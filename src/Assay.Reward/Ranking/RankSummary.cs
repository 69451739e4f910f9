namespace Assay.Reward.Ranking;

/// <summary>What a ranking run did.</summary>
/// <param name="Prompts">Groups of answers.</param>
/// <param name="Answers">Answers in them.</param>
/// <param name="Failed">Answers without a score, and rows without answers.</param>
/// <param name="Single">Groups of one answer: nothing was chosen there.</param>
/// <param name="Best">Lines of best.jsonl.</param>
/// <param name="Pairs">Lines of pairs.jsonl.</param>
/// <param name="FirstErrors">The first of what failed, by row.</param>
public sealed record RankSummary(
    long Prompts,
    long Answers,
    long Failed,
    long Single,
    long Best,
    long Pairs,
    IReadOnlyList<string> FirstErrors
)
{
    /// <summary>
    /// Mean score of the best of n answers, over the prompts with at least n scored answers, and how many these are; n from 1.
    /// </summary>
    public required IReadOnlyList<BestOfNPoint> BestOfN { get; init; }
}

/// <summary>What choosing among n answers gives in the model's own score.</summary>
/// <param name="N">Answers chosen from.</param>
/// <param name="Score">Mean over prompts of the expected best score.</param>
/// <param name="Prompts">Prompts with so many scored answers.</param>
public sealed record BestOfNPoint(int N, double Score, long Prompts);
