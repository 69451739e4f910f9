using Assay.Ground.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Assay.Evaluation.Ranking;

/// <summary>
/// A ranking whose ties are a third outcome with a parameter of their own, by Newton on the likelihood. Both kinds depend on the difference
/// d of two log strengths and on κ, the logarithm of their parameter, and both log likelihoods are concave in them.
/// </summary>
/// <param name="Strengths">Natural-log units, mean 0.</param>
/// <param name="Parameter">ν (Davidson) or θ (Rao-Kupper).</param>
/// <param name="LogLikelihood">At the estimates.</param>
public sealed record TieModel(TieModelKind Kind, IReadOnlyList<double> Strengths, double Parameter, double LogLikelihood)
{
    private const int IterationLimit = 200;

    private const double Tolerance = 1e-12;

    /// <summary>Chances that i wins, loses, ties against j.</summary>
    public (double Win, double Loss, double Tie) Probabilities(int i, int j) =>
        Probabilities(Kind, Strengths[i] - Strengths[j], Math.Log(Parameter));

    /// <summary>Fits battles.</summary>
    /// <exception cref="EvaluationException">There is no tie, or nothing but ties, or some models cannot be compared with the
    /// rest.</exception>
    public static TieModel Fit(TieModelKind kind, BattleMatrix battles)
    {
        Connectivity.Check(battles.WinsWithTiesHalf);
        double wins = battles.Wins.Cast<double>().Sum(),
            ties = battles.Ties.Cast<double>().Sum();
        if (wins == 0 || ties == 0)
            throw new EvaluationException($"{wins} wins and {ties / 2} ties: a tie parameter needs some of both; use Bradley-Terry");
        var n = battles.ModelCount;
        var z = Vector<double>.Build.Dense(n + 1);
        z[n] = 0.5;
        var likelihood = Evaluate(kind, battles, z, out var gradient, out var information);
        for (var iteration = 0; iteration < IterationLimit; iteration++)
        {
            var constrained = information.Clone();
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                    constrained[i, j] += 1;
            }
            var step = constrained.Solve(gradient);
            for (var scale = 1.0; scale > 1e-12; scale /= 2)
            {
                var next = z + scale * step;
                if (kind == TieModelKind.RaoKupper && next[n] <= 0)
                    continue;
                var nextLikelihood = Evaluate(kind, battles, next, out var nextGradient, out var nextInformation);
                if (nextLikelihood < likelihood - 1e-10 * Math.Abs(likelihood))
                    continue;
                (z, likelihood, gradient, information) = (next, nextLikelihood, nextGradient, nextInformation);
                break;
            }
            if (step.AbsoluteMaximum() < Tolerance)
                break;
        }
        var mean = z.Take(n).Average();
        return new(kind, [.. z.Take(n).Select(strength => strength - mean)], Math.Exp(z[n]), likelihood);
    }

    private static double Evaluate(
        TieModelKind kind,
        BattleMatrix battles,
        Vector<double> z,
        out Vector<double> gradient,
        out Matrix<double> information
    )
    {
        var n = battles.ModelCount;
        gradient = Vector<double>.Build.Dense(n + 1);
        information = Matrix<double>.Build.Dense(n + 1, n + 1);
        var likelihood = 0.0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                double wins = battles.Wins[i, j],
                    losses = battles.Wins[j, i],
                    ties = battles.Ties[i, j];
                if (wins + losses + ties == 0)
                    continue;
                var (value, d, k, dd, dk, kk) = Pair(kind, z[i] - z[j], z[n], wins, losses, ties);
                likelihood += value;
                gradient[i] += d;
                gradient[j] -= d;
                gradient[n] += k;
                information[i, i] -= dd;
                information[j, j] -= dd;
                information[i, j] += dd;
                information[j, i] += dd;
                information[i, n] -= dk;
                information[n, i] -= dk;
                information[j, n] += dk;
                information[n, j] += dk;
                information[n, n] -= kk;
            }
        }
        return likelihood;
    }

    private static (double Win, double Loss, double Tie) Probabilities(TieModelKind kind, double d, double k)
    {
        if (kind == TieModelKind.RaoKupper)
        {
            double win = Logistic.Sigmoid(d - k),
                loss = Logistic.Sigmoid(-d - k);
            return (win, loss, 1 - win - loss);
        }
        double a = Math.Exp(d / 2),
            b = Math.Exp(-d / 2),
            c = Math.Exp(k),
            total = a + b + c;
        return (a / total, b / total, c / total);
    }

    /// <summary>Log likelihood of one pair of models, its first and its second derivatives by d and κ.</summary>
    private static (double Value, double D, double K, double Dd, double Dk, double Kk) Pair(
        TieModelKind kind,
        double d,
        double k,
        double wins,
        double losses,
        double ties
    )
    {
        var (win, loss, tie) = Probabilities(kind, d, k);
        var value = Log(wins, win) + Log(losses, loss) + Log(ties, tie);
        if (kind == TieModelKind.Davidson)
        {
            // Multinomial logit with scores d/2, −d/2 and κ.
            double games = wins + losses + ties,
                mean = (win - loss) / 2;
            return (
                value,
                (wins - losses) / 2 - games * mean,
                ties - games * tie,
                -games * ((win + loss) / 4 - mean * mean),
                games * mean * tie,
                -games * tie * (1 - tie)
            );
        }
        // P(win) = σ(d − κ), P(loss) = σ(−d − κ); a and b are their slopes, and a tie is what is left.
        double a = win * (1 - win),
            b = loss * (1 - loss),
            a2 = a * (1 - 2 * win),
            b2 = b * (1 - 2 * loss);
        double tieD = (b - a) / tie,
            tieK = (a + b) / tie;
        return (
            value,
            wins * (1 - win) - losses * (1 - loss) + ties * tieD,
            -wins * (1 - win) - losses * (1 - loss) + ties * tieK,
            -wins * a - losses * b + ties * (-(a2 + b2) / tie - tieD * tieD),
            wins * a - losses * b + ties * ((a2 - b2) / tie - tieD * tieK),
            -wins * a - losses * b + ties * (-(a2 + b2) / tie - tieK * tieK)
        );

        static double Log(double count, double probability) => count == 0 ? 0 : count * Math.Log(probability);
    }
}

/// <summary>How ties enter a ranking as a third outcome.</summary>
public enum TieModelKind
{
    /// <summary>Davidson 1970: P(i beats j) = πᵢ/D, P(tie) = ν√(πᵢπⱼ)/D, D = πᵢ + πⱼ + ν√(πᵢπⱼ).</summary>
    Davidson,

    /// <summary>Rao and Kupper 1967: P(i beats j) = πᵢ/(πᵢ + θπⱼ), θ ≥ 1; a tie is the rest.</summary>
    RaoKupper,
}
