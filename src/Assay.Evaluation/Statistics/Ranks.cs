namespace Assay.Evaluation.Statistics;

/// <summary>Ranks from 1, equal values sharing the mean of theirs.</summary>
public static class Ranks
{
    /// <summary>The mid-rank of each value, in the order given.</summary>
    public static double[] Mid(IReadOnlyList<double> values) => Mid(values, out _);

    /// <summary>
    /// The mid-rank of each value, and Σ(t³ − t) over groups of t equal values, which every tie correction uses.
    /// </summary>
    public static double[] Mid(IReadOnlyList<double> values, out double tieTerm)
    {
        var sorted = new double[values.Count];
        var order = new int[values.Count];
        for (var i = 0; i < order.Length; i++)
            (sorted[i], order[i]) = (values[i], i);
        Array.Sort(sorted, order);
        var ranks = new double[order.Length];
        tieTerm = 0;
        for (var first = 0; first < order.Length; )
        {
            var end = first + 1;
            while (end < order.Length && sorted[end] == sorted[first])
                end++;
            for (var i = first; i < end; i++)
                ranks[order[i]] = (first + 1 + end) / 2.0;
            double equal = end - first;
            tieTerm += equal * equal * equal - equal;
            first = end;
        }
        return ranks;
    }
}
