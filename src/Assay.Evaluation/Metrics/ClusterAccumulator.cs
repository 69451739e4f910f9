using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Metrics;

/// <summary>Collects <see cref="ClusteredAccuracy"/> pair by pair; memory grows with the number of prompt groups.</summary>
internal sealed class ClusterAccumulator
{
    private readonly PromptGroups _groups = new();
    private readonly List<double> _credits = [],
        _weights = [];
    private long _pairs;
    private double _weightedSquares,
        _squaredWeight;

    public int Groups => _groups.Count;

    public void Add(PairScore pair)
    {
        _pairs++;
        var group = _groups.IndexOf(pair.Group);
        if (group == _credits.Count)
        {
            _credits.Add(0);
            _weights.Add(0);
        }
        _credits[group] += pair.Weight * pair.Credit;
        _weights[group] += pair.Weight;
        _weightedSquares += pair.Weight * pair.Credit * pair.Credit;
        _squaredWeight += pair.Weight * pair.Weight;
    }

    /// <param name="intervalOf">Gives the bootstrap of given resamples, or null for an interval without one.</param>
    public ClusteredAccuracy Accuracy(Func<GroupedRatio, (Interval Interval, Bootstrap? Bootstrap)> intervalOf)
    {
        if (Groups < 2)
            throw new EvaluationException(
                $"found {Groups} prompt group(s) over {_pairs} pairs: an interval over groups needs at least two"
            );
        var ratio = new GroupedRatio([.. _credits], [.. _weights]);
        var weight = _weights.Sum();
        var variance = Math.Max(0, _weightedSquares / weight - ratio.Value * ratio.Value);
        var effective = weight * weight / _squaredWeight;
        var (interval, bootstrap) = intervalOf(ratio);
        return new ClusteredAccuracy
        {
            Pairs = _pairs,
            Groups = Groups,
            Accuracy = ratio.Value,
            IndependentStandardError = Math.Sqrt(variance / (effective - 1)),
            ClusterStandardErrorUncorrected = ratio.StandardErrorUncorrected,
            ClusterStandardError = ratio.StandardError,
            DesignEffect = ratio.StandardErrorUncorrected * ratio.StandardErrorUncorrected / (variance / effective),
            Interval = interval,
            Bootstrap = bootstrap,
        };
    }
}
