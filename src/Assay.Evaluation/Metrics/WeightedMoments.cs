namespace Assay.Evaluation.Metrics;

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
