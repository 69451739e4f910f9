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

    /// <summary>
    /// Jensen-Shannon divergence of two histograms in bits (0..1), which are normalised first. Its root is a distance, and the number that
    /// scipy's <c>jensenshannon(base=2)</c> returns; in natural units the root is √ln 2 times it.
    /// </summary>
    /// <exception cref="ArgumentException">The histograms differ in length, or one is empty.</exception>
    public static double JensenShannon(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double a = first.Sum(),
            b = second.Sum();
        if (first.Count != second.Count || !(a > 0) || !(b > 0))
            throw new ArgumentException(
                $"wanted two filled histograms over the same bins, found {first.Count} and {second.Count} bins with {a} and {b} items",
                nameof(second)
            );
        double Half(double share, double mean) => share == 0 ? 0 : share * Math.Log2(share / mean) / 2;
        var sum = 0.0;
        for (var i = 0; i < first.Count; i++)
        {
            double p = first[i] / a,
                q = second[i] / b,
                mean = (p + q) / 2;
            sum += Half(p, mean) + Half(q, mean);
        }
        return Math.Max(0, sum);
    }
}
