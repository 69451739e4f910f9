using MathNet.Numerics.LinearAlgebra;

namespace Assay.Evaluation.Ranking;

/// <summary>
/// Iterated Luce spectral ranking (Maystre and Grossglauser 2015; choix' <c>ilsr_pairwise</c>): strengths from the stationary distribution
/// of a chain that moves from losers to winners. The regularisation is added to every transition rate, which is not the penalty of the same
/// name in <see cref="BradleyTerry"/>: the two do not agree.
/// </summary>
public static class SpectralRanking
{
    private const int IterationLimit = 10_000;

    private const double Tolerance = 1e-13;

    /// <summary>Log strengths with mean 0.</summary>
    /// <exception cref="EvaluationException">Without regularisation: some models cannot be compared with the rest.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The regularisation is negative.</exception>
    public static double[] Fit(double[,] wins, double regularisation = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(regularisation);
        if (regularisation == 0)
            Connectivity.Check(wins);
        var n = wins.GetLength(0);
        var weights = Vector<double>.Build.Dense(n, 1);
        for (var iteration = 0; iteration < IterationLimit; iteration++)
        {
            var rates = Matrix<double>.Build.Dense(
                n,
                n,
                (loser, winner) => regularisation + wins[winner, loser] / (weights[winner] + weights[loser])
            );
            for (var i = 0; i < n; i++)
                rates[i, i] -= rates.Row(i).Sum();
            // Balance: weights · rates = 0, one equation replaced by Σ weights = n.
            var system = rates.Transpose();
            system.SetRow(n - 1, Vector<double>.Build.Dense(n, 1));
            var target = Vector<double>.Build.Dense(n);
            target[n - 1] = n;
            var next = system.Solve(target);
            var change = (next - weights).L1Norm();
            weights = next;
            if (change < Tolerance * n)
                break;
        }
        var mean = weights.Sum(Math.Log) / n;
        return [.. weights.Select(weight => Math.Log(weight) - mean)];
    }
}
