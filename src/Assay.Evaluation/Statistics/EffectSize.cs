using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>Standardised mean differences, as pingouin's <c>compute_effsize</c>.</summary>
public static class EffectSize
{
    /// <summary>
    /// Cohen's d (1988): difference of means over the pooled standard deviation (divisor n₁ + n₂ − 2). ±∞ without variance, 0 for equal
    /// means, NaN with two values or fewer.
    /// </summary>
    public static double CohenPooled(IReadOnlyList<double> x, IReadOnlyList<double> y) =>
        Divide(
            Moments.Mean(x) - Moments.Mean(y),
            Math.Sqrt((SquaredSum(x) + SquaredSum(y)) / (x.Count + y.Count - 2)),
            x.Count + y.Count > 2
        );

    /// <summary>Hedges' g (1981): d with the small-sample factor 1 − 3/(4(n₁ + n₂) − 9).</summary>
    public static double Hedges(IReadOnlyList<double> x, IReadOnlyList<double> y) =>
        CohenPooled(x, y) * (1 - 3 / (4.0 * (x.Count + y.Count) - 9));

    /// <summary>The paired form that divides by √((s₁² + s₂²)/2).</summary>
    public static double CohenPairedAverage(IReadOnlyList<double> x, IReadOnlyList<double> y) =>
        Divide(Moments.Mean(x) - Moments.Mean(y), Math.Sqrt((Moments.Variance(x) + Moments.Variance(y)) / 2), x.Count > 1 && y.Count > 1);

    /// <summary>d_z: mean of the differences over their standard deviation.</summary>
    public static double PairedDz(IReadOnlyList<double> differences) =>
        Divide(Moments.Mean(differences), Math.Sqrt(Moments.Variance(differences)), differences.Count > 1);

    private static double SquaredSum(IReadOnlyList<double> values) => Moments.Central(values, 2) * values.Count;

    private static double Divide(double difference, double deviation, bool defined) =>
        !defined ? double.NaN
        : difference == 0 ? 0
        : difference / deviation;
}
