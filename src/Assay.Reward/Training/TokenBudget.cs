namespace Assay.Reward.Training;

/// <summary>
/// Cuts a list into runs whose tokens stay within a budget, so that long rows need no more memory than short ones. An item that is larger
/// by itself goes alone. The loss and its gradient are sums over pairs, so cutting changes neither, beyond the order of additions.
/// </summary>
internal static class TokenBudget
{
    public static IEnumerable<IReadOnlyList<T>> Cut<T>(IEnumerable<T> items, Func<T, int> tokenCount, int budget)
    {
        var run = new List<T>();
        var used = 0;
        foreach (var item in items)
        {
            var tokens = tokenCount(item);
            if (run.Count > 0 && used + tokens > budget)
            {
                yield return run;
                run = [];
                used = 0;
            }
            run.Add(item);
            used += tokens;
        }
        if (run.Count > 0)
            yield return run;
    }
}
