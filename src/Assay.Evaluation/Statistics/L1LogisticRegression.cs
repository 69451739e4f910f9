using Assay.Ground.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// Logistic regression with an absolute-value penalty, without intercept: minimises Σ|b| + C·Σ wᵢ·(−yᵢ ln p − (1 − yᵢ) ln(1 − p)) with
/// labels in 0..1, the objective of liblinear's L1 solver (Fan et al. 2008) with every row once per class. Proximal Newton, each quadratic
/// by coordinate descent; solved to rounding, where liblinear stops at 1e-4.
/// </summary>
public static class L1LogisticRegression
{
    private const int NewtonLimit = 200;

    private const int SweepLimit = 10_000;

    private const double Tolerance = 1e-13;

    /// <summary>The coefficients, some exactly 0. Meant for few columns: the cost is rows × columns² per step.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double[] Fit(IReadOnlyList<double[]> rows, IReadOnlyList<double> labels, IReadOnlyList<double> weights, double c)
    {
        if (rows.Count != labels.Count || rows.Count != weights.Count || rows.Count == 0)
            throw new ArgumentException($"{rows.Count} rows, {labels.Count} labels, {weights.Count} weights", nameof(rows));
        var b = new double[rows[0].Length];
        var objective = Objective(rows, labels, weights, c, b);
        for (var iteration = 0; iteration < NewtonLimit; iteration++)
        {
            var step = Step(rows, labels, weights, c, b);
            if (step.Max(Math.Abs) <= Tolerance * Math.Max(1, b.Max(Math.Abs)))
                break;
            for (var scale = 1.0; scale > 1e-10; scale /= 2)
            {
                double[] next = [.. b.Select((value, j) => value + scale * step[j])];
                var nextObjective = Objective(rows, labels, weights, c, next);
                if (nextObjective > objective * (1 + 1e-15))
                    continue;
                (b, objective) = (next, nextObjective);
                break;
            }
        }
        return b;
    }

    /// <summary>Minimises gᵀd + dᵀHd/2 + |b + d|₁ over d.</summary>
    private static double[] Step(
        IReadOnlyList<double[]> rows,
        IReadOnlyList<double> labels,
        IReadOnlyList<double> weights,
        double c,
        double[] b
    )
    {
        var k = b.Length;
        var gradient = new double[k];
        var hessian = Matrix<double>.Build.Dense(k, k);
        for (var i = 0; i < rows.Count; i++)
        {
            var p = Logistic.Sigmoid(Dot(rows[i], b));
            double slope = c * weights[i] * (p - labels[i]),
                curve = c * weights[i] * p * (1 - p);
            for (var j = 0; j < k; j++)
            {
                gradient[j] += slope * rows[i][j];
                for (var l = 0; l < k; l++)
                    hessian[j, l] += curve * rows[i][j] * rows[i][l];
            }
        }
        var d = new double[k];
        for (var sweep = 0; sweep < SweepLimit; sweep++)
        {
            var moved = 0.0;
            for (var j = 0; j < k; j++)
            {
                if (hessian[j, j] <= 0)
                    continue;
                var slope = gradient[j];
                for (var l = 0; l < k; l++)
                    slope += hessian[j, l] * d[l];
                var target = b[j] + d[j] - slope / hessian[j, j];
                var shrunk = Math.Sign(target) * Math.Max(0, Math.Abs(target) - 1 / hessian[j, j]);
                var change = shrunk - (b[j] + d[j]);
                d[j] += change;
                moved = Math.Max(moved, Math.Abs(change));
            }
            if (moved <= 1e-16)
                break;
        }
        return d;
    }

    private static double Objective(
        IReadOnlyList<double[]> rows,
        IReadOnlyList<double> labels,
        IReadOnlyList<double> weights,
        double c,
        double[] b
    )
    {
        var sum = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            var predictor = Dot(rows[i], b);
            sum += weights[i] * (labels[i] * Logistic.Softplus(-predictor) + (1 - labels[i]) * Logistic.Softplus(predictor));
        }
        return b.Sum(Math.Abs) + c * sum;
    }

    internal static double Dot(double[] x, double[] y)
    {
        var sum = 0.0;
        for (var j = 0; j < x.Length; j++)
            sum += x[j] * y[j];
        return sum;
    }
}
