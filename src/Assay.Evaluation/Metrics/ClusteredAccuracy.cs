using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Metrics;

/// <summary>
/// Accuracy (ties half) when pairs share prompts. Pairs of one prompt rise and fall together, so an interval that takes them as independent
/// is too narrow: the groups are the sample. Cluster-robust error: Liang and Zeger 1986, as statsmodels' OLS with
/// <c>cov_type="cluster"</c>; bootstrap of whole groups.
/// </summary>
public sealed record ClusteredAccuracy
{
    /// <summary>Pairs judged.</summary>
    public required long Pairs { get; init; }

    /// <summary>Prompt groups; a pair without a group is one of its own.</summary>
    public required int Groups { get; init; }

    /// <summary>Accuracy over all pairs, a tie counting half (weighted).</summary>
    public required double Accuracy { get; init; }

    /// <summary>Standard error that takes pairs as independent, for comparison.</summary>
    public required double IndependentStandardError { get; init; }

    /// <summary>Standard error over groups, with the correction √(G/(G−1)).</summary>
    public required double ClusterStandardError { get; init; }

    /// <summary>Standard error over groups without the correction.</summary>
    public required double ClusterStandardErrorUncorrected { get; init; }

    /// <summary>How much larger the variance is than of independent pairs; 1 when prompts do not matter.</summary>
    public required double DesignEffect { get; init; }

    /// <summary>
    /// 95 % interval: percentiles of resampled groups, or with more than 50 000 groups the normal one, which then differs by less than
    /// resampling scatters.
    /// </summary>
    public required Interval Interval { get; init; }

    /// <summary>The accuracy on resamples of whole groups; null where the interval needed none.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public required Bootstrap? Bootstrap { get; init; }

    /// <summary>Seeded. Memory grows with the number of groups.</summary>
    /// <exception cref="EvaluationException">There are fewer than two groups, or a score is NaN or infinite.</exception>
    public static ClusteredAccuracy Of(IEnumerable<PairScore> pairs, long seed, int resampleCount = Resamples.DefaultCount) =>
        Collect(pairs).Accuracy(ratio => (ratio.Interval(seed, resampleCount), null));

    /// <summary>Given resamples of the groups, in the order of their first pair.</summary>
    /// <exception cref="EvaluationException">There are fewer than two groups, or a score is NaN or infinite.</exception>
    public static ClusteredAccuracy Of(IEnumerable<PairScore> pairs, Func<int, IEnumerable<IReadOnlyList<int>>> resamplesOfGroups)
    {
        var groups = Collect(pairs);
        return groups.Accuracy(ratio =>
        {
            var bootstrap = ratio.Resampled(resamplesOfGroups(groups.Groups));
            return (bootstrap.Percentile(), bootstrap);
        });
    }

    private static ClusterAccumulator Collect(IEnumerable<PairScore> pairs)
    {
        var groups = new ClusterAccumulator();
        foreach (var pair in pairs)
        {
            pair.Check();
            groups.Add(pair);
        }
        return groups;
    }
}
