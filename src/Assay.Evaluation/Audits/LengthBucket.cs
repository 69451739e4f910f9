using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>Pairs of one stretch of length ratio or length difference; accuracy counts ties half and is NaN without pairs.</summary>
public sealed record LengthBucket(string Name, long Pairs, double Accuracy, double MeanMargin)
{
    /// <summary>95 % Wilson interval of <see cref="Accuracy"/> (ties half); NaN without pairs.</summary>
    public Interval Interval => Pairs == 0 ? new(double.NaN, double.NaN) : ProportionInterval.Wilson(Accuracy * Pairs, Pairs);
}
