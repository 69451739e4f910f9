using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// The mean of a few repeated measurements, such as one run for each seed, with Student's interval (Student 1908): it takes them as
/// independent and near normal.
/// </summary>
/// <param name="Count">How many.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardDeviation">Divisor n − 1; null for one.</param>
/// <param name="Interval">mean ± t · s / √n; null for one.</param>
public sealed record MeanInterval(int Count, double Mean, double? StandardDeviation, Interval? Interval)
{
    /// <param name="values">At least one.</param>
    /// <param name="level">Coverage, between 0 and 1.</param>
    public static MeanInterval Of(IReadOnlyList<double> values, double level = 0.95)
    {
        if (values.Count == 0)
            throw new ArgumentException("there are no values", nameof(values));
        var mean = Moments.Mean(values);
        if (values.Count == 1)
            return new(1, mean, null, null);
        var deviation = Math.Sqrt(Moments.Variance(values));
        var half = StudentT.Quantile((1 + level) / 2, values.Count - 1) * deviation / Math.Sqrt(values.Count);
        return new(values.Count, mean, deviation, new Interval(mean - half, mean + half));
    }
}
