namespace Assay.Evaluation.OverOptimisation;

/// <summary>
/// What choosing the best of n answers by a proxy reward does: how far it moves the policy, and what it earns in proxy and gold reward
/// (Gao, Schulman and Hilton 2023; the estimator of Nakano et al. 2021, appendix I).
/// </summary>
public static class BestOfN
{
    /// <summary>
    /// KL(best-of-n ‖ policy) = ln n − (n − 1)/n in nats: exact when no two answers can tie, else an upper bound (Beirami et al. 2024).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is below 1.</exception>
    public static double KullbackLeibler(double n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return Math.Log(n) - (n - 1) / n;
    }

    /// <summary>
    /// The exact distribution and KL of best-of-n over finitely many outcomes of distinct score, given from worst to best.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is below 1.</exception>
    public static (IReadOnlyList<double> Distribution, double KullbackLeibler) Discrete(
        IReadOnlyList<double> probabilitiesWorstToBest,
        int n
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var distribution = new double[probabilitiesWorstToBest.Count];
        double cumulative = 0,
            divergence = 0;
        for (var i = 0; i < distribution.Length; i++)
        {
            var next = cumulative + probabilitiesWorstToBest[i];
            distribution[i] = Math.Pow(next, n) - Math.Pow(cumulative, n);
            if (distribution[i] > 0)
                divergence += distribution[i] * Math.Log(distribution[i] / probabilitiesWorstToBest[i]);
            cumulative = next;
        }
        return (distribution, divergence);
    }

    /// <summary>
    /// Unbiased expected proxy and gold reward of the proxy's best of n, from N ≥ n answers to one prompt: every subset of n counts, by the
    /// weights C(i − 1, n − 1)/C(N, n) of the i-th smallest proxy. Equal proxies share their gold by their mean, which is a fair coin
    /// between them.
    /// </summary>
    /// <exception cref="ArgumentException">The lists differ in length, or hold NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is not in 1..N.</exception>
    public static (double Proxy, double Gold) Estimate(IReadOnlyList<double> proxy, IReadOnlyList<double> gold, int n)
    {
        if (proxy.Count != gold.Count)
            throw new ArgumentException($"{proxy.Count} proxy and {gold.Count} gold rewards", nameof(gold));
        if (n < 1 || n > proxy.Count)
            throw new ArgumentOutOfRangeException(nameof(n), n, $"wanted 1..{proxy.Count}, the number of answers");
        if (proxy.Any(double.IsNaN) || gold.Any(double.IsNaN))
            throw new ArgumentException("a reward is NaN", nameof(proxy));
        int[] order = [.. Enumerable.Range(0, proxy.Count).OrderBy(i => proxy[i])];
        var weights = Weights(proxy.Count, n);
        double proxySum = 0,
            goldSum = 0;
        for (var first = 0; first < order.Length; )
        {
            var end = first;
            double weight = 0,
                goldOfEqual = 0;
            for (; end < order.Length && proxy[order[end]] == proxy[order[first]]; end++)
            {
                weight += weights[end];
                goldOfEqual += gold[order[end]];
            }
            proxySum += weight * proxy[order[first]];
            goldSum += weight * (goldOfEqual / (end - first));
            first = end;
        }
        return (proxySum, goldSum);
    }

    /// <summary>
    /// Chance that at least one of n answers drawn without replacement is right, when <paramref name="right"/> of <paramref name="total"/>
    /// are: pass@n (Chen et al. 2021).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static double AnyRight(int total, int right, int n)
    {
        if (n < 1 || n > total || right < 0 || right > total)
            throw new ArgumentOutOfRangeException(nameof(n), n, $"wanted 1..{total} drawn, and 0..{total} right, found {right}");
        var miss = 1.0;
        for (var i = 0; i < n; i++)
            miss *= Math.Max(0, total - right - i) / (double)(total - i);
        return 1 - miss;
    }

    /// <summary>From the top, w_N = n/N and w_(i−1) = w_i·(i − n)/(i − 1): no binomial is ever formed, so N may be large.</summary>
    private static double[] Weights(int total, int n)
    {
        var weights = new double[total];
        weights[^1] = (double)n / total;
        for (var i = total - 1; i >= n; i--)
            weights[i - 1] = weights[i] * (i - n + 1) / i;
        return weights;
    }
}
