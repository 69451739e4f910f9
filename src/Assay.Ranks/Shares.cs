namespace Assay.Ranks;

/// <summary>
/// Who of several ranks takes which item, so that all end at about the same time: the heaviest first, each to whoever has least so far
/// (Graham 1969, at most 4/3 of the best). The same on every rank.
/// </summary>
public static class Shares
{
    /// <summary>The rank of each item.</summary>
    /// <param name="weights">What each costs, such as its tokens; 0 or more.</param>
    /// <param name="size">How many ranks.</param>
    public static int[] Of(IReadOnlyList<long> weights, int size)
    {
        var owners = new int[weights.Count];
        var least = new PriorityQueue<int, (long Weight, int Rank)>(Enumerable.Range(0, size).Select(rank => (rank, (0L, rank))));
        foreach (var item in Enumerable.Range(0, weights.Count).OrderByDescending(item => weights[item])) // stable
        {
            least.TryDequeue(out var rank, out var load);
            owners[item] = rank;
            least.Enqueue(rank, (load.Weight + weights[item], rank));
        }
        return owners;
    }
}
