namespace Assay.Evaluation.Judges;

/// <summary>
/// A best-of-4 row judged by one rating per answer (RewardBench 2's ratings mode): the highest ratings win, and the row earns 1/k if the
/// first answer is one of the k winners. An unreadable rating takes no part; when none can be read the row earns what guessing would.
/// </summary>
/// <param name="Ratings">Null where none could be read.</param>
public sealed record RatingsRow(IReadOnlyList<int?> Ratings)
{
    /// <summary>What a row without any rating earns.</summary>
    public const double GuessValue = 0.25;

    /// <summary>Indices of the highest ratings; empty when none could be read.</summary>
    public IReadOnlyList<int> Winners =>
        [.. Enumerable.Range(0, Ratings.Count).Where(i => Ratings[i] is { } rating && rating == Ratings.Max())];

    /// <summary>What the row earns.</summary>
    public double Value =>
        Winners.Count == 0 ? GuessValue
        : Winners.Contains(0) ? 1.0 / Winners.Count
        : 0;
}
