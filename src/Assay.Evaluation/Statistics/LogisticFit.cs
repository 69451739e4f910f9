using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>A fitted logistic regression, see <see cref="LogisticRegression"/>.</summary>
public sealed record LogisticFit
{
    /// <summary>Names of the columns; the other lists are in this order.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Log-odds per unit of each column.</summary>
    public required IReadOnlyList<double> Coefficients { get; init; }

    /// <summary>Inverse of the information matrix.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Covariance { get; init; }

    /// <summary>Rows fitted.</summary>
    public required int Rows { get; init; }

    /// <summary>Log likelihood at the coefficients, natural log.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Log likelihood of the model that knows the base rate only (an intercept, whether or not the fit has one).</summary>
    public required double NullLogLikelihood { get; init; }

    /// <summary>Share of rows whose probability is on the side of the label (above 1/2 for 1).</summary>
    public required double AccuracyAtHalf { get; init; }

    /// <summary>Square roots of the covariance's diagonal.</summary>
    public IReadOnlyList<double> StandardErrors => [.. Covariance.Select((row, i) => Math.Sqrt(row[i]))];

    /// <summary>Coefficient over standard error.</summary>
    public IReadOnlyList<double> Z => [.. Coefficients.Zip(StandardErrors, (coefficient, error) => coefficient / error)];

    /// <summary>Two-sided normal p-values of "the coefficient is 0" (Wald).</summary>
    public IReadOnlyList<double> PValues => [.. Z.Select(NormalDistribution.TwoSided)];

    /// <summary>McFadden's 1 − L/L0; 0 when the columns say nothing.</summary>
    public double McFaddenR2 => 1 - LogLikelihood / NullLogLikelihood;

    /// <summary>Wald intervals of the coefficients.</summary>
    public IReadOnlyList<Interval> Intervals(double level = 0.95)
    {
        var z = NormalDistribution.Quantile(0.5 + level / 2);
        return
        [
            .. Coefficients.Zip(StandardErrors, (coefficient, error) => new Interval(coefficient - z * error, coefficient + z * error)),
        ];
    }
}
