using Assay.Data;

namespace Assay.Reward.Ranking;

/// <summary>The answers to one prompt with their scores.</summary>
/// <param name="Group">The answers.</param>
/// <param name="Outcomes">A score, or why there is none, for each.</param>
public sealed record RankedGroup(CandidateGroup Group, IReadOnlyList<ScoreOutcome> Outcomes)
{
    /// <summary>Places of the answers that have a score, the best first; equal scores in the order of the input.</summary>
    public IReadOnlyList<int> Order { get; } =
    [.. Enumerable.Range(0, Outcomes.Count).Where(i => Outcomes[i].Problem is null).OrderByDescending(i => Outcomes[i].Score)];

    /// <summary>Scores in the order of <see cref="Order"/>.</summary>
    public IEnumerable<float> Scores => Order.Select(i => Outcomes[i].Score);

    /// <summary>
    /// Pairs of places, the better one first, whose scores differ by at least <paramref name="minMargin"/> and by more than nothing.
    /// </summary>
    public IEnumerable<(int Better, int Worse)> Pairs(PairChoice choice, double minMargin)
    {
        IEnumerable<(int, int)> asked = choice switch
        {
            PairChoice.BestWorst => Order.Count < 2 ? [] : [(Order[0], Order[^1])],
            PairChoice.BestRest => Order.Skip(1).Select(worse => (Order[0], worse)),
            _ => Order.SelectMany((better, at) => Order.Skip(at + 1).Select(worse => (better, worse))),
        };
        return asked.Where(pair =>
            Outcomes[pair.Item1].Score > Outcomes[pair.Item2].Score
            && (double)Outcomes[pair.Item1].Score - Outcomes[pair.Item2].Score >= minMargin
        );
    }
}

/// <summary>Which pairs of a prompt's answers are written.</summary>
public enum PairChoice
{
    /// <summary>The best and the worst.</summary>
    BestWorst,

    /// <summary>The best and each other one.</summary>
    BestRest,

    /// <summary>Every two.</summary>
    All,
}
