using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.OverOptimisation;

/// <summary>One proxy's curve: gold over the strength of optimisation, where it peaks, and what is lost behind the peak.</summary>
public sealed record OptimisationCurve
{
    private const int Seed = 1,
        Refits = 1000;

    /// <summary>What was optimised: a model, an ensemble's rule, a model with a length penalty.</summary>
    public required string Proxy { get; init; }

    /// <summary>From the weakest optimisation on.</summary>
    public required IReadOnlyList<OptimisationPoint> Points { get; init; }

    /// <summary>The fitted form of Gao et al., gold relative to the first point; null where there are too few points.</summary>
    public required GaoFit? Fit { get; init; }

    /// <summary>1 − residual / total sum of squares of the fit; NaN without one.</summary>
    public required double RSquared { get; init; }

    /// <summary>95 % of the fit's α, by resampling prompts; NaN without a fit or with one prompt.</summary>
    public required Interval AlphaInterval { get; init; }

    /// <summary>95 % of the fit's β, by resampling prompts; NaN without a fit or with one prompt.</summary>
    public required Interval BetaInterval { get; init; }

    /// <summary><see cref="OptimisationPoint.At"/> of the highest gold that was measured.</summary>
    public required long PeakAt { get; init; }

    /// <summary>Gold at the peak minus gold at the last point.</summary>
    public required double Lost { get; init; }

    /// <summary>Its 95 % interval, by resampling prompts, for the peak that was measured; NaN with one prompt.</summary>
    public required Interval LostInterval { get; init; }

    /// <summary>Whether the proxy rises at every step.</summary>
    public required bool ProxyStillRising { get; init; }

    /// <summary>Whether gold has fallen behind its peak by more than chance while the proxy rose: over-optimisation.</summary>
    public bool Turns => ProxyStillRising && LostInterval.Low > 0;

    /// <summary>The curve over points at growing strength.</summary>
    /// <param name="name">The proxy's.</param>
    /// <param name="form">Which form is fitted.</param>
    /// <param name="at">The strengths.</param>
    /// <param name="kl">KL at each, in nats.</param>
    /// <param name="proxy">[prompt][point].</param>
    /// <param name="gold">[prompt][point].</param>
    internal static OptimisationCurve Of(
        string name,
        GaoCurve form,
        IReadOnlyList<long> at,
        IReadOnlyList<double> kl,
        double[][] proxy,
        double[][] gold
    )
    {
        OptimisationPoint[] points =
        [
            .. at.Select(
                (strength, i) =>
                    new OptimisationPoint(
                        strength,
                        kl[i],
                        Moments.Mean(Column(proxy, i)),
                        Moments.Mean(Column(gold, i)),
                        IntervalOf(Column(gold, i))
                    )
            ),
        ];
        double[] rise = [.. points.Select(point => point.Gold - points[0].Gold)],
            distances = [.. kl.Select(Math.Sqrt)];
        var fit = distances.Where(distance => distance > 0).Distinct().Count() < 2 ? null : GaoFit.Of(form, distances, rise);
        var gap =
            points.Length < 2 ? null : ProxyGoldGap.Of([.. points.Select(point => point.Proxy)], [.. points.Select(point => point.Gold)]);
        var peak = gap?.GoldPeakIndex ?? 0;
        var (alpha, beta) = Refitted(form, distances, gold);
        return new OptimisationCurve
        {
            Proxy = name,
            Points = points,
            Fit = fit,
            RSquared = fit is null ? double.NaN : 1 - fit.ResidualSumOfSquares / (Moments.Central(rise, 2) * rise.Length),
            AlphaInterval = fit is null ? Nothing : alpha,
            BetaInterval = fit is null ? Nothing : beta,
            PeakAt = at[peak],
            Lost = points[peak].Gold - points[^1].Gold,
            LostInterval = IntervalOf([.. gold.Select(row => row[peak] - row[^1])]),
            ProxyStillRising = gap?.ProxyStillRising ?? false,
        };
    }

    private static Interval Nothing => new(double.NaN, double.NaN);

    // The points of a curve are of the same answers, so the residuals of one fit say too little of its error: prompts are drawn anew, and
    // fitted.
    private static (Interval Alpha, Interval Beta) Refitted(GaoCurve form, double[] distances, double[][] gold)
    {
        if (gold.Length < 2 || distances.Where(distance => distance > 0).Distinct().Count() < 2)
            return (Nothing, Nothing);
        GaoFit[] fits =
        [
            .. Resamples
                .Draw(gold.Length, Seed, Refits)
                .Select(drawn =>
                    GaoFit.Of(form, distances, [.. distances.Select((_, i) => drawn.Average(prompt => gold[prompt][i] - gold[prompt][0]))])
                ),
        ];
        return (Middle([.. fits.Select(fit => fit.Alpha)]), Middle([.. fits.Select(fit => fit.Beta)]));

        static Interval Middle(double[] values)
        {
            Array.Sort(values);
            return new(Quantile.OfSorted(values, 0.025), Quantile.OfSorted(values, 0.975));
        }
    }

    private static double[] Column(double[][] rows, int point) => [.. rows.Select(row => row[point])];

    private static Interval IntervalOf(double[] values) =>
        values.Length < 2
            ? new Interval(double.NaN, double.NaN)
            : Bootstrap.OfMean(values, Resamples.Draw(values.Length, Seed)).Percentile();
}

/// <summary>Proxy and gold reward at one strength of optimisation, mean over prompts.</summary>
/// <param name="At">The n of best-of-n, or the step of a path.</param>
/// <param name="Kl">In nats from the start.</param>
/// <param name="Proxy">What was optimised.</param>
/// <param name="Gold">What was meant.</param>
/// <param name="GoldInterval">95 %, by resampling prompts; NaN with one prompt.</param>
public sealed record OptimisationPoint(long At, double Kl, double Proxy, double Gold, Interval GoldInterval);

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
