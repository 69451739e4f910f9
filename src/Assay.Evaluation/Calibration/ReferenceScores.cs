using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Calibration;

/// <summary>
/// The distribution of a model's scores on reference answers, small enough to be kept with the model: with it a single score means
/// something, although the scale of a Bradley-Terry reward is arbitrary.
/// </summary>
/// <param name="Count">Scores it was made of.</param>
/// <param name="Mean">Subtract it to centre.</param>
/// <param name="StandardDeviation">Population; divide by it for unit scale.</param>
/// <param name="Percentiles">The 0th to the 100th, linear.</param>
public sealed record ReferenceScores(int Count, double Mean, double StandardDeviation, IReadOnlyList<double> Percentiles)
{
    /// <summary>Summarises scores.</summary>
    /// <exception cref="ArgumentException">There are no scores, or one is NaN or infinite.</exception>
    public static ReferenceScores Of(IEnumerable<double> scores)
    {
        var sorted = Quantile.Sorted(scores);
        Samples.Check(sorted);
        return new(
            sorted.Length,
            Moments.Mean(sorted),
            Math.Sqrt(Moments.Central(sorted, 2)),
            [.. Enumerable.Range(0, 101).Select(i => Quantile.OfSorted(sorted, i / 100.0))]
        );
    }

    /// <summary>Distance from the mean in standard deviations; 0 when the reference does not vary.</summary>
    public double Standardise(double score) => StandardDeviation == 0 ? 0 : (score - Mean) / StandardDeviation;

    /// <summary>About what per cent of the reference scores lower, 0..100, linear between percentiles.</summary>
    public double PercentileOf(double score)
    {
        if (score <= Percentiles[0])
            return 0;
        if (score >= Percentiles[^1])
            return 100;
        var above = 1;
        while (Percentiles[above] < score)
            above++;
        var width = Percentiles[above] - Percentiles[above - 1];
        return above - 1 + (width == 0 ? 0 : (score - Percentiles[above - 1]) / width);
    }
}
