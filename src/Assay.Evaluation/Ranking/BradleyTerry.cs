using Assay.Ground.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Assay.Evaluation.Ranking;

/// <summary>
/// Bradley and Terry's model (1952): P(i beats j) = σ(xᵢ − xⱼ), strengths in natural-log units with mean 0, by Newton on the likelihood.
/// Give it <see cref="BattleMatrix.WinsWithTiesHalf"/> for ties as half a win of each, or <see cref="BattleMatrix.Wins"/> to drop them.
/// </summary>
public sealed record BradleyTerry
{
    private const int IterationLimit = 500;

    private const double Tolerance = 1e-13;

    /// <summary>Mean 0.</summary>
    public required IReadOnlyList<double> Strengths { get; init; }

    /// <summary>
    /// Pseudo-inverse of the information: the covariance under the constraint that strengths sum to 0. It takes half a win for half an
    /// observation.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<double>> Covariance { get; init; }

    /// <summary>At the strengths, without the penalty.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Standard errors of the strengths around their mean.</summary>
    public IReadOnlyList<double> StandardErrors => [.. Covariance.Select((row, i) => Math.Sqrt(row[i]))];

    /// <summary>P(i beats j).</summary>
    public double WinProbability(int i, int j) => Logistic.Sigmoid(Strengths[i] - Strengths[j]);

    /// <summary>
    /// Fits wins of row over column. A penalty above 0 subtracts penalty · Σx² from the log likelihood, which keeps undefeated and unlinked
    /// models finite.
    /// </summary>
    /// <exception cref="EvaluationException">Without a penalty: some models cannot be compared with the rest.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The penalty is negative.</exception>
    public static BradleyTerry Fit(double[,] wins, double penalty = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(penalty);
        if (penalty == 0)
            Connectivity.Check(wins);
        var n = wins.GetLength(0);
        var x = Vector<double>.Build.Dense(n);
        var ones = Matrix<double>.Build.Dense(n, n, 1);
        var information = ones;
        for (var iteration = 0; iteration < IterationLimit; iteration++)
        {
            (var gradient, information) = Slope(wins, x, penalty);
            var step = (information + ones).Solve(gradient);
            var largest = step.AbsoluteMaximum();
            x += step * Math.Min(1, 2 / Math.Max(largest, double.Epsilon));
            if (largest < Tolerance)
                break;
        }
        x -= x.Sum() / n;
        var covariance = (information + ones / n).Inverse() - ones / n; // the pseudo-inverse on the sum-zero plane
        return new BradleyTerry
        {
            Strengths = x.ToArray(),
            Covariance = [.. Enumerable.Range(0, n).Select(i => covariance.Row(i).ToArray())],
            LogLikelihood = LogLikelihoodOf(wins, x),
        };
    }

    private static (Vector<double> Gradient, Matrix<double> Information) Slope(double[,] wins, Vector<double> x, double penalty)
    {
        var n = x.Count;
        var gradient = -2 * penalty * x;
        var information = Matrix<double>.Build.DenseDiagonal(n, n, 2 * penalty);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var games = wins[i, j] + wins[j, i];
                if (i == j || games == 0)
                    continue;
                var p = Logistic.Sigmoid(x[i] - x[j]);
                gradient[i] += wins[i, j] - games * p;
                information[i, i] += games * p * (1 - p);
                information[i, j] -= games * p * (1 - p);
            }
        }
        return (gradient, information);
    }

    private static double LogLikelihoodOf(double[,] wins, Vector<double> x)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Count; i++)
        {
            for (var j = 0; j < x.Count; j++)
                sum += wins[i, j] == 0 ? 0 : wins[i, j] * Logistic.LogSigmoid(x[i] - x[j]);
        }
        return sum;
    }
}
