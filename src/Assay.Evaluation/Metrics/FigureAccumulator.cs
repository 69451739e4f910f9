using Assay.Ground.Numerics;

namespace Assay.Evaluation.Metrics;

/// <summary>
/// Running sums for <see cref="PairFigures"/>: constant memory, and Welford's update so that a large common offset of the scores costs no
/// digits.
/// </summary>
internal sealed class FigureAccumulator
{
    private const double Level = 0.95;

    private long _wins,
        _ties,
        _losses;
    private double _weight,
        _squaredWeight,
        _winWeight,
        _tieWeight,
        _loss;
    private WeightedMoments _margins,
        _rewards,
        _chosen,
        _rejected;

    public long Pairs => _wins + _ties + _losses;

    public void Add(PairScore pair)
    {
        var (margin, weight) = (pair.Margin, pair.Weight);
        if (margin > 0)
            (_wins, _winWeight) = (_wins + 1, _winWeight + weight);
        else if (margin == 0)
            (_ties, _tieWeight) = (_ties + 1, _tieWeight + weight);
        else
            _losses++;
        _weight += weight;
        _squaredWeight += weight * weight;
        _loss -= weight * Logistic.LogSigmoid(margin);
        _margins.Add(margin, weight);
        _chosen.Add(pair.ChosenScore, weight);
        _rejected.Add(pair.RejectedScore, weight);
        _rewards.Add(pair.ChosenScore, weight);
        _rewards.Add(pair.RejectedScore, weight);
    }

    public PairFigures Figures()
    {
        var effective = _weight * _weight / _squaredWeight;
        var accuracy = (_winWeight + _tieWeight / 2) / _weight;
        var interval =
            Pairs == 0
                ? new Interval(double.NaN, double.NaN)
                : ProportionInterval.Wilson(Math.Clamp(accuracy, 0, 1) * effective, effective, Level);
        return new PairFigures
        {
            Pairs = Pairs,
            Wins = _wins,
            Ties = _ties,
            Losses = _losses,
            Accuracy = accuracy,
            AccuracyLow = interval.Low,
            AccuracyHigh = interval.High,
            AccuracyTiesWrong = _winWeight / _weight,
            AccuracyTiesRight = (_winWeight + _tieWeight) / _weight,
            AccuracyTiesDropped = _wins + _losses == 0 ? double.NaN : _winWeight / (_weight - _tieWeight),
            Loss = _loss / _weight,
            MarginMean = _margins.Mean,
            MarginStd = _margins.StandardDeviation,
            RewardMean = _rewards.Mean,
            RewardStd = _rewards.StandardDeviation,
            ChosenMean = _chosen.Mean,
            RejectedMean = _rejected.Mean,
            EffectivePairs = effective,
        };
    }
}

/// <summary>Weighted mean and population standard deviation in one pass (West 1979, Welford's update with weights).</summary>
internal struct WeightedMoments
{
    private double _weight,
        _mean,
        _squares;

    public readonly double Mean => _weight > 0 ? _mean : double.NaN;

    public readonly double StandardDeviation => _weight > 0 ? Math.Sqrt(Math.Max(0, _squares / _weight)) : double.NaN;

    public void Add(double value, double weight)
    {
        _weight += weight;
        var step = value - _mean;
        _mean += step * (weight / _weight);
        _squares += weight * step * (value - _mean);
    }
}
