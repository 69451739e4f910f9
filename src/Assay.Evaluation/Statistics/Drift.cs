namespace Assay.Evaluation.Statistics;

/// <summary>How far a current distribution has moved from a reference one, over bins.</summary>
public static class Drift
{
    /// <summary>A share of nothing is raised to this, because the index of an empty bin is infinite.</summary>
    public const double DefaultFloor = 1e-4;

    /// <summary>The reference's deciles with open ends: eleven edges.</summary>
    /// <exception cref="ArgumentException">The reference is empty or holds NaN or an infinity.</exception>
    public static IReadOnlyList<double> DecileEdges(IEnumerable<double> reference)
    {
        var sorted = Quantile.Sorted(reference);
        Samples.Check(sorted);
        return
        [
            double.NegativeInfinity,
            .. Enumerable.Range(1, 9).Select(i => Quantile.OfSorted(sorted, i / 10.0)),
            double.PositiveInfinity,
        ];
    }

    /// <summary>
    /// Population stability index Σ(q − p)·ln(q/p) over bins [low, high), the last closed; usual reading: below 0.1 stable, above 0.25
    /// moved. Values outside the edges are in no bin.
    /// </summary>
    /// <exception cref="ArgumentException">A sample is empty or holds NaN or an infinity.</exception>
    public static double PopulationStability(
        IReadOnlyCollection<double> reference,
        IReadOnlyCollection<double> current,
        IReadOnlyList<double> edges,
        double floor = DefaultFloor
    )
    {
        double[] p = Shares(reference, edges),
            q = Shares(current, edges);
        return p.Zip(q, (a, b) => (Math.Max(b, floor) - Math.Max(a, floor)) * Math.Log(Math.Max(b, floor) / Math.Max(a, floor))).Sum();
    }

    /// <summary>Share of the values in each bin [low, high), the last closed.</summary>
    /// <exception cref="ArgumentException">The sample is empty or holds NaN or an infinity.</exception>
    public static double[] Shares(IReadOnlyCollection<double> values, IReadOnlyList<double> edges)
    {
        Samples.Check([.. values]);
        var counts = new double[edges.Count - 1];
        foreach (var value in values)
        {
            if (value < edges[0] || value > edges[^1])
                continue;
            var bin = 0;
            while (bin + 1 < counts.Length && value >= edges[bin + 1])
                bin++;
            counts[bin]++;
        }
        return [.. counts.Select(count => count / values.Count)];
    }
}
