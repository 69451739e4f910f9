namespace Assay.Evaluation.Ranking;

/// <summary>
/// Strengths are finite only if every split of the models into two camps has a win in both directions (Ford 1957): in the graph "lost to",
/// every model reaches every other. Otherwise some camp is undefeated, or never met the rest.
/// </summary>
internal static class Connectivity
{
    /// <exception cref="EvaluationException">Some models cannot be compared with the rest; the message names them.</exception>
    public static void Check(double[,] wins)
    {
        var count = wins.GetLength(0);
        var winners = Reach(count, (from, to) => wins[to, from] > 0); // model 0 lost to them, directly or through others
        var losers = Reach(count, (from, to) => wins[from, to] > 0);
        Report(winners, "never won, directly or through others, against model 0");
        Report(losers, "never lost, directly or through others, to model 0");

        static void Report(bool[] reached, string what)
        {
            if (Array.IndexOf(reached, false) < 0)
                return;
            var missing = string.Join(", ", Enumerable.Range(0, reached.Length).Where(i => !reached[i]));
            throw new EvaluationException(
                $"model(s) {missing} {what}: their strengths have no finite estimate. Add battles that link them, count ties as half, or use a penalty"
            );
        }
    }

    private static bool[] Reach(int count, Func<int, int, bool> isLinked)
    {
        var reached = new bool[count];
        var open = new Stack<int>([0]);
        reached[0] = true;
        while (open.TryPop(out var from))
        {
            for (var to = 0; to < count; to++)
            {
                if (reached[to] || !isLinked(from, to))
                    continue;
                reached[to] = true;
                open.Push(to);
            }
        }
        return reached;
    }
}
