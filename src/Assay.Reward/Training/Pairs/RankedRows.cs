namespace Assay.Reward.Training.Pairs;

/// <summary>
/// The pairs of a row that ranks several answers, joined to one list again: for objectives that read whole rankings. A row whose answers do
/// not stand in one order (ties, a repeated pair that was set aside) stays the pairs it is.
/// </summary>
internal static class RankedRows
{
    /// <summary>The pairs in their order, each joined row at the place of its first.</summary>
    /// <param name="encoded">The pairs as ids.</param>
    /// <param name="loaded">Where each comes from.</param>
    public static List<EncodedPair> Join(IReadOnlyList<EncodedPair> encoded, IReadOnlyList<LoadedPair> loaded)
    {
        var joined = new List<EncodedPair>();
        foreach (var row in Enumerable.Range(0, encoded.Count).GroupBy(i => (loaded[i].File, loaded[i].Pair.Row)))
        {
            EncodedPair[] pairs = [.. row.Select(i => encoded[i])];
            if (pairs.Length > 1 && Ranking(pairs) is { } answers)
                joined.Add(new EncodedPair(pairs[0].Row, answers[0], answers[^1]) { Ranked = answers });
            else
                joined.AddRange(pairs);
        }
        return joined;
    }

    // Of n answers in one order the best wins n - 1 pairs, the next n - 2, and so on.
    private static List<int[]>? Ranking(EncodedPair[] pairs)
    {
        var answers = new Dictionary<string, (int[] Ids, int Wins)>();
        foreach (var pair in pairs)
        {
            if (pair.IsTie)
                return null;
            Count(pair.Chosen, 1);
            Count(pair.Rejected, 0);
        }
        List<(int[] Ids, int Wins)> order = [.. answers.Values.OrderByDescending(answer => answer.Wins)];
        var isOrder =
            pairs.Length == order.Count * (order.Count - 1) / 2
            && order.Select((answer, place) => answer.Wins == order.Count - 1 - place).All(fits => fits);
        return isOrder ? [.. order.Select(answer => answer.Ids)] : null;

        void Count(int[] ids, int wins)
        {
            var key = string.Join(' ', ids);
            answers[key] = answers.TryGetValue(key, out var known) ? (known.Ids, known.Wins + wins) : (ids, wins);
        }
    }
}
