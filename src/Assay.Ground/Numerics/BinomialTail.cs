using MathNet.Numerics;

namespace Assay.Ground.Numerics;

/// <summary>
/// Tails of the fair coin's binomial distribution, summed term by term from the largest so that small tails keep their digits.
/// </summary>
public static class BinomialTail
{
    /// <summary>P(X ≤ <paramref name="successes"/>) of <paramref name="trials"/> tosses.</summary>
    public static double AtMost(long successes, long trials)
    {
        if (successes >= trials)
            return 1;
        if (successes < 0)
            return 0;
        if (2 * successes > trials)
            return 1 - AtMost(trials - successes - 1, trials);
        double term = 1,
            sum = 1;
        for (var k = successes; k > 0 && term > sum * 1e-18; k--)
        {
            term *= (double)k / (trials - k + 1);
            sum += term;
        }
        return Math.Exp(LogChoose(trials, successes) - trials * Constants.Ln2) * sum;
    }

    /// <summary>The two-sided p of "the coin is fair": the chance of a count at least as far from the middle. 1 without a toss.</summary>
    public static double TwoSided(long successes, long trials) =>
        2 * successes == trials ? 1 : Math.Min(1, 2 * AtMost(Math.Min(successes, trials - successes), trials));

    private static double LogChoose(long trials, long successes) =>
        SpecialFunctions.GammaLn(trials + 1.0)
        - SpecialFunctions.GammaLn(successes + 1.0)
        - SpecialFunctions.GammaLn(trials - successes + 1.0);
}
