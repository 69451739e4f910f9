using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.OverOptimisation;

/// <summary>Proxy and gold reward along a path of growing optimisation: the measured version of <see cref="GaoFit"/>.</summary>
/// <param name="Gaps">Proxy minus gold at each point.</param>
/// <param name="GoldPeakIndex">The point of the highest gold reward, from 0.</param>
/// <param name="GoldLostFromPeakToLast">How much of it is gone at the last point.</param>
/// <param name="ProxyStillRising">Whether the proxy rises at every step: with gold falling, the sign of over-optimisation.</param>
/// <param name="RankCorrelation">Spearman's between proxy and gold.</param>
public sealed record ProxyGoldGap(
    IReadOnlyList<double> Gaps,
    int GoldPeakIndex,
    double GoldLostFromPeakToLast,
    bool ProxyStillRising,
    double RankCorrelation
)
{
    /// <summary>Measures the points in order of growing distance.</summary>
    /// <exception cref="ArgumentException">The lists differ in length or have fewer than two points.</exception>
    public static ProxyGoldGap Of(IReadOnlyList<double> proxy, IReadOnlyList<double> gold)
    {
        var correlation = Correlation.Spearman(proxy, gold).Coefficient;
        var peak = Enumerable.Range(0, gold.Count).MaxBy(i => gold[i]);
        return new(
            [.. proxy.Zip(gold, (a, b) => a - b)],
            peak,
            gold[peak] - gold[^1],
            Enumerable.Range(1, proxy.Count - 1).All(i => proxy[i] > proxy[i - 1]),
            correlation
        );
    }
}
