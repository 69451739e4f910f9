using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>Two areas under ROC curves on the same answers and their covariance matrix, see <see cref="Auc.Compare"/>.</summary>
public sealed record DeLong(double FirstArea, double SecondArea, double FirstVariance, double SecondVariance, double Covariance)
{
    /// <summary>First minus second area.</summary>
    public double Difference => FirstArea - SecondArea;

    /// <summary>Standard error of the difference; 0 when both models order everything alike.</summary>
    public double StandardError => Math.Sqrt(Math.Max(0, FirstVariance + SecondVariance - 2 * Covariance));

    /// <summary>z and its two-sided p-value. Models that order everything alike have z 0 and p 1: there is no difference to test.</summary>
    public TestResult Test =>
        StandardError == 0 && Difference == 0
            ? new(0, 1)
            : new(Difference / StandardError, NormalDistribution.TwoSided(Difference / StandardError));
}
