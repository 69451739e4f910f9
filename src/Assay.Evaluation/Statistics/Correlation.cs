using Assay.Ground.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// Pearson's, Spearman's and partial correlation, as scipy's <c>pearsonr</c> and <c>spearmanr</c> and pingouin's <c>partial_corr</c>. Equal
/// values take mid-ranks. A side that does not vary has no correlation (NaN), which is an answer and not an error: answers of one length
/// are such data.
/// </summary>
public static class Correlation
{
    /// <summary>Pearson's r; p by Student's t with n − 2 degrees of freedom (1 for two points, which always lie on a line).</summary>
    /// <exception cref="ArgumentException">The lists differ in length, have fewer than two values, or hold NaN or an infinity.</exception>
    public static CorrelationResult Pearson(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Check(x, y);
        var r = Moments.Correlation(x, y);
        return new(r, x.Count == 2 && !double.IsNaN(r) ? 1 : StudentT.OfCorrelation(r, x.Count - 2));
    }

    /// <summary>Interval of Pearson's r by Fisher's z; NaN with three points or fewer.</summary>
    public static Interval PearsonInterval(double r, int count, double level = 0.95)
    {
        var half = NormalDistribution.Quantile(0.5 + level / 2) / Math.Sqrt(count - 3);
        return count <= 3 ? new(double.NaN, double.NaN) : new(Math.Tanh(Math.Atanh(r) - half), Math.Tanh(Math.Atanh(r) + half));
    }

    /// <summary>Spearman's ρ; p by Student's t with n − 2 degrees of freedom (NaN for two points).</summary>
    /// <exception cref="ArgumentException">As <see cref="Pearson"/>.</exception>
    public static CorrelationResult Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Check(x, y);
        var rho = Moments.Correlation(Ranks.Mid(x), Ranks.Mid(y));
        return new(rho, StudentT.OfCorrelation(rho, x.Count - 2));
    }

    /// <summary>
    /// Pearson's correlation of x and y after what the covariates explain linearly, from the inverse of the covariance matrix; p by
    /// Student's t with n − 2 − k degrees of freedom.
    /// </summary>
    /// <exception cref="ArgumentException">A list differs in length, there are too few values, or one is NaN or infinite.</exception>
    /// <exception cref="EvaluationException">The variables are collinear.</exception>
    public static CorrelationResult Partial(
        IReadOnlyList<double> x,
        IReadOnlyList<double> y,
        params IReadOnlyList<IReadOnlyList<double>> covariates
    )
    {
        Check(x, y);
        foreach (var covariate in covariates)
            Check(x, covariate);
        var precision = Precision([x, y, .. covariates]);
        var r = -precision[0, 1] / Math.Sqrt(precision[0, 0] * precision[1, 1]);
        return new(r, StudentT.OfCorrelation(r, x.Count - 2 - covariates.Count));
    }

    /// <summary>For each variable, <see cref="Partial"/> of x and it given all the other variables, from one matrix.</summary>
    /// <exception cref="ArgumentException">As <see cref="Partial"/>.</exception>
    /// <exception cref="EvaluationException">As <see cref="Partial"/>.</exception>
    public static IReadOnlyList<CorrelationResult> PartialEach(IReadOnlyList<double> x, IReadOnlyList<IReadOnlyList<double>> variables)
    {
        foreach (var variable in variables)
            Check(x, variable);
        var precision = Precision([x, .. variables]);
        return
        [
            .. Enumerable
                .Range(1, variables.Count)
                .Select(i => -precision[0, i] / Math.Sqrt(precision[0, 0] * precision[i, i]))
                .Select(r => new CorrelationResult(r, StudentT.OfCorrelation(r, x.Count - 1 - variables.Count))),
        ];
    }

    private static Matrix<double> Precision(IReadOnlyList<double>[] all)
    {
        if (all[0].Count <= all.Length)
            throw new ArgumentException($"{all[0].Count} rows are too few for {all.Length} variables", nameof(all));
        var correlations = Matrix<double>.Build.DenseIdentity(all.Length);
        for (var i = 0; i < all.Length; i++)
        {
            for (var j = 0; j < i; j++)
                correlations[i, j] = correlations[j, i] = Moments.Correlation(all[i], all[j]);
        }
        if (!(correlations.Determinant() > 1e-12))
            throw new EvaluationException(
                "the variables of a partial correlation do not vary or are collinear: what is left of x and y cannot be told"
            );
        return correlations.Inverse();
    }

    /// <summary><see cref="Partial"/> of the ranks.</summary>
    /// <exception cref="ArgumentException">As <see cref="Partial"/>.</exception>
    /// <exception cref="EvaluationException">As <see cref="Partial"/>.</exception>
    public static CorrelationResult PartialSpearman(
        IReadOnlyList<double> x,
        IReadOnlyList<double> y,
        params IReadOnlyList<IReadOnlyList<double>> covariates
    )
    {
        Check(x, y);
        foreach (var covariate in covariates)
            Check(x, covariate);
        return Partial(Ranks.Mid(x), Ranks.Mid(y), [.. covariates.Select(covariate => Ranks.Mid(covariate))]);
    }

    internal static void Check(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (x.Count != y.Count)
            throw new ArgumentException($"{x.Count} and {y.Count} values: a correlation needs pairs", nameof(y));
        if (x.Count < 2)
            throw new ArgumentException($"a correlation needs at least two pairs, found {x.Count}", nameof(x));
        for (var i = 0; i < x.Count; i++)
        {
            if (!double.IsFinite(x[i]) || !double.IsFinite(y[i]))
                throw new ArgumentException($"pair {i + 1} is ({x[i]}, {y[i]}), wanted finite numbers", nameof(x));
        }
    }
}

/// <summary>A correlation and the two-sided p-value of "there is none"; both NaN where a side does not vary.</summary>
public readonly record struct CorrelationResult(double Coefficient, double PValue);
