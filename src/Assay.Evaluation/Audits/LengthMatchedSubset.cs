using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// The pairs whose answers are about equally long (longer over shorter at most <paramref name="Limit"/>): what the model knows beyond
/// length shows here.
/// </summary>
public sealed record LengthMatchedSubset(double Limit, long Pairs, double Share, double Accuracy, double AccuracyTiesWrong)
{
    /// <summary>95 % Wilson interval of <see cref="Accuracy"/> (ties half); NaN without pairs.</summary>
    public Interval Interval => Pairs == 0 ? new(double.NaN, double.NaN) : ProportionInterval.Wilson(Accuracy * Pairs, Pairs);
}
