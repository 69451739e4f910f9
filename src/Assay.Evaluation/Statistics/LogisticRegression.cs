using Assay.Ground.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// Maximum-likelihood logistic regression by Newton's method, without penalty (statsmodels' <c>Logit</c>; with labels between 0 and 1, its
/// <c>GLM(Binomial)</c>). Data that the columns separate without error have no finite coefficients: that is detected and said, where
/// libraries print the place at which they gave up.
/// </summary>
public static class LogisticRegression
{
    private const int IterationLimit = 200;

    /// <summary>
    /// Newton stops when the largest step, in units of the linear predictor, is below this; it converges quadratically, so the rest is
    /// rounding.
    /// </summary>
    private const double StepTolerance = 1e-10;

    /// <summary>
    /// Information of the least informed direction, against p = 1/2 everywhere, below which the data are separated. Real fits are far above
    /// it.
    /// </summary>
    private const double SeparationLimit = 1e-7;

    /// <summary>Fits the probability that the label is 1. Labels lie in 0..1; a half is a tie. Memory is one copy of the columns.</summary>
    /// <exception cref="ArgumentException">A column and the labels differ in length, there are fewer rows than columns, or a value is not
    /// finite or a label outside 0..1.</exception>
    /// <exception cref="EvaluationException">Columns are collinear (one is constant beside an intercept), or they separate the labels
    /// without error.</exception>
    public static LogisticFit Fit(IReadOnlyList<double> labels, params IReadOnlyList<Column> columns)
    {
        Check(labels, columns);
        int n = labels.Count,
            k = columns.Count;
        var x = new double[n * k];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < k; j++)
                x[i * k + j] = columns[j].Values[i];
        }
        var whitener = Whitener(x, n, columns);
        var coefficients = new double[k];
        var likelihood = Evaluate(x, labels, coefficients, out var gradient, out var information);
        for (var iteration = 0; ; iteration++)
        {
            var relative = whitener * information * whitener.Transpose();
            if (iteration == IterationLimit || relative.Evd(Symmetricity.Symmetric).EigenValues.Min(value => value.Real) < SeparationLimit)
                throw new EvaluationException(
                    $"the columns {Names(columns)} separate the {n} labels without error (or the fit does not settle): there are no finite coefficients. Report the separation itself, or use more rows"
                );
            var step = information.Solve(gradient);
            var size = Math.Sqrt(step.DotProduct(information * step));
            for (var scale = 1.0; ; scale /= 2)
            {
                double[] next = [.. coefficients.Select((coefficient, j) => coefficient + scale * step[j])];
                var nextLikelihood = Evaluate(x, labels, next, out var nextGradient, out var nextInformation);
                if (nextLikelihood < likelihood - 1e-9 * Math.Abs(likelihood) && scale > 1e-6)
                    continue;
                (coefficients, likelihood, gradient, information) = (next, nextLikelihood, nextGradient, nextInformation);
                break;
            }
            if (size < StepTolerance)
                break;
        }
        return Result(x, labels, columns, coefficients, likelihood, information);
    }

    private static LogisticFit Result(
        double[] x,
        IReadOnlyList<double> labels,
        IReadOnlyList<Column> columns,
        double[] coefficients,
        double likelihood,
        Matrix<double> information
    )
    {
        int n = labels.Count,
            k = columns.Count;
        var covariance = information.Inverse();
        double mean = labels.Sum() / n,
            right = 0;
        for (var i = 0; i < n; i++)
        {
            if (Predictor(x, i, coefficients) > 0 == (labels[i] == 1))
                right++;
        }
        return new LogisticFit
        {
            Names = [.. columns.Select(column => column.Name)],
            Coefficients = coefficients,
            Covariance = [.. Enumerable.Range(0, k).Select(i => covariance.Row(i).ToArray())],
            Rows = n,
            LogLikelihood = likelihood,
            NullLogLikelihood = n * (XLogY(mean, mean) + XLogY(1 - mean, 1 - mean)),
            AccuracyAtHalf = right / n,
        };
    }

    private static double Evaluate(
        double[] x,
        IReadOnlyList<double> labels,
        double[] coefficients,
        out Vector<double> gradient,
        out Matrix<double> information
    )
    {
        int n = labels.Count,
            k = coefficients.Length;
        var likelihood = 0.0;
        var g = new double[k];
        var h = new double[k, k];
        for (var i = 0; i < n; i++)
        {
            var predictor = Predictor(x, i, coefficients);
            var probability = Logistic.Sigmoid(predictor);
            likelihood += labels[i] * Logistic.LogSigmoid(predictor) + (1 - labels[i]) * Logistic.LogSigmoid(-predictor);
            double residual = labels[i] - probability,
                weight = probability * (1 - probability);
            for (var a = 0; a < k; a++)
            {
                var value = x[i * k + a];
                g[a] += residual * value;
                for (var b = 0; b <= a; b++)
                    h[a, b] += weight * value * x[i * k + b];
            }
        }
        for (var a = 0; a < k; a++)
        {
            for (var b = 0; b < a; b++)
                h[b, a] = h[a, b];
        }
        gradient = Vector<double>.Build.DenseOfArray(g);
        information = Matrix<double>.Build.DenseOfArray(h);
        return likelihood;
    }

    private static double Predictor(double[] x, int row, double[] coefficients)
    {
        var sum = 0.0;
        for (var j = 0; j < coefficients.Length; j++)
            sum += x[row * coefficients.Length + j] * coefficients[j];
        return sum;
    }

    /// <summary>
    /// L⁻¹ with LLᵀ = XᵀX/4, the information at p = 1/2: in its terms the information of every direction is between 0 and 1.
    /// </summary>
    private static Matrix<double> Whitener(double[] x, int n, IReadOnlyList<Column> columns)
    {
        var k = columns.Count;
        var matrix = Matrix<double>.Build.DenseOfRowMajor(n, k, x);
        var scales = Vector<double>.Build.Dense(k, j => matrix.Column(j).L2Norm());
        for (var j = 0; j < k; j++)
        {
            if (!double.IsFinite(scales[j] * scales[j]))
                throw new EvaluationException(
                    $"column {columns[j].Name} holds numbers whose squares no double can hold: its effect is not computable"
                );
            if (scales[j] == 0)
                throw new EvaluationException($"column {columns[j].Name} is 0 in all {n} rows: it says nothing, leave it out");
        }
        var gram = Matrix<double>.Build.Dense(k, k, (a, b) => matrix.Column(a).DotProduct(matrix.Column(b)) / (scales[a] * scales[b]));
        if (gram.Evd(Symmetricity.Symmetric).EigenValues.Min(value => value.Real) < 1e-12)
            throw new EvaluationException(
                $"columns {Names(columns)} are collinear over {n} rows (one is constant, or a sum of others): their effects cannot be told apart, leave one out"
            );
        return (gram / 4).Cholesky().Factor.Inverse() * Matrix<double>.Build.DiagonalOfDiagonalVector(1 / scales);
    }

    private static void Check(IReadOnlyList<double> labels, IReadOnlyList<Column> columns)
    {
        if (columns.Count == 0 || labels.Count <= columns.Count)
            throw new ArgumentException(
                $"{labels.Count} rows cannot fit {columns.Count} coefficients: at least one column and more rows than columns are needed",
                nameof(labels)
            );
        foreach (var column in columns)
        {
            if (column.Values.Count != labels.Count)
                throw new ArgumentException(
                    $"column {column.Name} has {column.Values.Count} values for {labels.Count} labels",
                    nameof(columns)
                );
            if (column.Values.FirstOrDefault(value => !double.IsFinite(value), 0) is var bad && !double.IsFinite(bad))
                throw new ArgumentException($"column {column.Name} holds {bad}, wanted finite numbers", nameof(columns));
        }
        if (labels.Any(label => !(label is >= 0 and <= 1)))
            throw new ArgumentException("labels must lie in 0..1", nameof(labels));
    }

    private static string Names(IReadOnlyList<Column> columns) => string.Join(", ", columns.Select(column => column.Name));

    private static double XLogY(double x, double y) => x == 0 ? 0 : x * Math.Log(y);
}

/// <summary>One named explanatory variable of a regression, a value per row.</summary>
public sealed record Column(string Name, IReadOnlyList<double> Values)
{
    /// <summary>The constant column.</summary>
    public static Column Intercept(int rowCount) => new("intercept", [.. Enumerable.Repeat(1.0, rowCount)]);
}
