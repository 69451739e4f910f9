namespace Assay.Evaluation.Judges;

/// <summary>
/// How far the votes on one item go together: the intra-class correlation of a one-way analysis of variance (Shrout and Fleiss 1979,
/// ICC(1,1); unequal groups by the n₀ of Donner 1986), and what the votes are worth beside independent ones: m / (1 + (m − 1)·ρ), Kish's
/// design effect.
/// </summary>
public sealed record VoteCorrelation
{
    /// <summary>Items with two votes or more; others say nothing of it.</summary>
    public required int Items { get; init; }

    /// <summary>Votes an item (n₀: the mean, less what unequal numbers cost); NaN without an item.</summary>
    public required double VotesPerItem { get; init; }

    /// <summary>
    /// ρ, −1/(m − 1) to 1. Below 0 where the votes on an item differ more than those on different items, as of a judge that always names
    /// the first place and is asked in both orders. NaN where all votes are equal.
    /// </summary>
    public required double IntraClassCorrelation { get; init; }

    /// <summary>
    /// Independent votes that are worth as much, 1 to <see cref="VotesPerItem"/>: a ρ below 0 counts as 0. NaN where ρ is.
    /// </summary>
    public double EffectiveVotes => VotesPerItem / (1 + (VotesPerItem - 1) * Math.Max(0, IntraClassCorrelation));

    /// <summary>Of numbers in groups: for a pair whether each vote was right (1, a tie 1/2, 0), for an answer its ratings.</summary>
    public static VoteCorrelation Of(IEnumerable<IReadOnlyList<double>> items)
    {
        IReadOnlyList<double>[] groups = [.. items.Where(item => item.Count > 1)];
        if (groups.Length < 2)
            return new()
            {
                Items = groups.Length,
                VotesPerItem = groups.Length == 0 ? double.NaN : groups[0].Count,
                IntraClassCorrelation = double.NaN,
            };
        double total = groups.Sum(group => group.Count),
            mean = groups.Sum(group => group.Sum()) / total;
        var size = (total - groups.Sum(group => (double)group.Count * group.Count) / total) / (groups.Length - 1);
        var between = groups.Sum(group => group.Count * Square(group.Average() - mean)) / (groups.Length - 1);
        var within = groups.Sum(group => group.Sum(value => Square(value - group.Average()))) / (total - groups.Length);
        var spread = between + (size - 1) * within;
        return new()
        {
            Items = groups.Length,
            VotesPerItem = size,
            IntraClassCorrelation = spread > 0 ? (between - within) / spread : double.NaN,
        };
    }

    private static double Square(double value) => value * value;
}
