namespace Assay.Reward;

/// <summary>
/// Groups sequences that begin alike, so that a causal network computes the beginning once: answers to one prompt find each other whatever
/// order they come in. Sorted by their ids, sequences with a common prefix are neighbours; where to cut the sorted list so that the most
/// tokens are saved is found by dynamic programming.
/// </summary>
internal static class SharedPrefixes
{
    /// <summary>Longest group: beyond it a group saves hardly more and its rows no longer fit a batch.</summary>
    private const int LargestGroup = 64;

    /// <param name="sequences">Token ids.</param>
    /// <param name="tokenBudget">Most packed tokens of a group of two or more.</param>
    /// <returns>Groups of indices; every index once.</returns>
    public static List<int[]> Group(IReadOnlyList<int[]> sequences, int tokenBudget)
    {
        var order = Enumerable.Range(0, sequences.Count).ToArray();
        Array.Sort(order, (a, b) => sequences[a].AsSpan().SequenceCompareTo(sequences[b]) is not 0 and var c ? c : a.CompareTo(b));
        var alike = new int[Math.Max(0, order.Length - 1)]; // tokens that neighbours in the order have in common
        for (var i = 0; i < alike.Length; i++)
            alike[i] = sequences[order[i]].AsSpan().CommonPrefixLength(sequences[order[i + 1]]);

        var saved = new long[order.Length + 1]; // the most tokens saved among the first n
        var start = new int[order.Length + 1]; // where the last group of that cut begins
        for (var end = 1; end <= order.Length; end++)
        {
            saved[end] = -1;
            long tokens = 0;
            var shared = int.MaxValue;
            for (var first = end - 1; first >= Math.Max(0, end - LargestGroup); first--)
            {
                tokens += sequences[order[first]].Length;
                var others = end - first - 1;
                if (others > 0)
                    shared = Math.Min(shared, alike[first]);
                var saving = others == 0 ? 0 : (long)others * shared;
                if (others > 0 && (shared == 0 || tokens - saving > tokenBudget))
                    break;
                if (saved[first] + saving > saved[end])
                    (saved[end], start[end]) = (saved[first] + saving, first);
            }
        }
        var groups = new List<int[]>();
        for (var end = order.Length; end > 0; end = start[end])
            groups.Add(order[start[end]..end]);
        return groups;
    }
}
