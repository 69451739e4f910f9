using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Metrics;

/// <summary>
/// A ratio of two sums over prompt groups, such as right answers over pairs: its standard error over groups (Liang and Zeger 1986) and its
/// 95 % interval.
/// </summary>
internal sealed class GroupedRatio
{
    /// <summary>
    /// Up to this many groups the interval comes from resamples. With more it is the normal one: by then the two differ by less than the
    /// ends of 2000 resamples scatter, which is 3 % of the half width, and drawing millions of groups two thousand times costs minutes.
    /// </summary>
    public const int ResampledGroups = 50_000;

    private readonly double[] _tops,
        _bottoms;

    public GroupedRatio(double[] tops, double[] bottoms)
    {
        (_tops, _bottoms) = (tops, bottoms);
        var bottom = bottoms.Sum();
        Value = tops.Sum() / bottom;
        var squares = 0.0;
        for (var group = 0; group < tops.Length; group++)
        {
            var residual = tops[group] - Value * bottoms[group];
            squares += residual * residual;
        }
        StandardErrorUncorrected = Math.Sqrt(squares) / bottom;
    }

    public double Value { get; }

    public double StandardErrorUncorrected { get; }

    /// <summary>With the correction √(G/(G−1)).</summary>
    public double StandardError => StandardErrorUncorrected * Math.Sqrt(_tops.Length / (_tops.Length - 1.0));

    /// <summary>The ratio on given resamples of the groups.</summary>
    public Bootstrap Resampled(IEnumerable<IReadOnlyList<int>> resamples) => Bootstrap.OfRatio(_tops, _bottoms, resamples);

    /// <summary>
    /// The seeded percentile interval, or beyond <see cref="ResampledGroups"/> the normal one; NaN with fewer than two groups.
    /// </summary>
    public Interval Interval(long seed, int resampleCount)
    {
        if (_tops.Length < 2)
            return new(double.NaN, double.NaN);
        if (_tops.Length <= ResampledGroups)
            return Resampled(Resamples.Draw(_tops.Length, seed, resampleCount)).Percentile();
        var half = NormalDistribution.Quantile(0.975) * StandardError;
        return new(Value - half, Value + half);
    }
}
