using MathNet.Numerics.Distributions;

namespace Assay.Ground.Numerics;

/// <summary>
/// Confidence intervals of a proportion. Wilson is the one reported beside every accuracy: it keeps its coverage for few rows and at 0 and
/// 1, where the normal interval has no width. Successes may be fractional (a tie counts half), and so may trials (the effective number of
/// weighted rows). Sources: Wilson 1927; Clopper and Pearson 1934; Agresti and Coull 1998; Brown, Cai and DasGupta 2001 (Jeffreys). All
/// agree with statsmodels' <c>proportion_confint</c>.
/// </summary>
public static class ProportionInterval
{
    /// <summary>Wilson's score interval.</summary>
    /// <param name="successes">0..<paramref name="trials"/>.</param>
    /// <param name="trials">Above 0.</param>
    /// <param name="level">Coverage, between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static Interval Wilson(double successes, double trials, double level = 0.95)
    {
        Check(successes, trials, level);
        var z = Quantile(level);
        var share = successes / trials;
        var center = (share + z * z / (2 * trials)) / (1 + z * z / trials);
        var half = z / (1 + z * z / trials) * Math.Sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials));
        return new(successes == 0 ? 0 : Math.Max(0, center - half), successes == trials ? 1 : Math.Min(1, center + half));
    }

    /// <summary>Clopper and Pearson's "exact" interval: never below its level, so wider than the others.</summary>
    /// <exception cref="ArgumentOutOfRangeException">As <see cref="Wilson"/>.</exception>
    public static Interval ClopperPearson(double successes, double trials, double level = 0.95)
    {
        Check(successes, trials, level);
        var tail = (1 - level) / 2;
        return new(
            successes == 0 ? 0 : Beta.InvCDF(successes, trials - successes + 1, tail),
            successes == trials ? 1 : Beta.InvCDF(successes + 1, trials - successes, 1 - tail)
        );
    }

    /// <summary>Agresti and Coull's interval: the normal one after adding z² trials, half of them successes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">As <see cref="Wilson"/>.</exception>
    public static Interval AgrestiCoull(double successes, double trials, double level = 0.95)
    {
        Check(successes, trials, level);
        var z = Quantile(level);
        var added = trials + z * z;
        return Around((successes + z * z / 2) / added, added, z);
    }

    /// <summary>The equal-tailed posterior interval under Jeffreys' prior, Beta(1/2, 1/2).</summary>
    /// <exception cref="ArgumentOutOfRangeException">As <see cref="Wilson"/>.</exception>
    public static Interval Jeffreys(double successes, double trials, double level = 0.95)
    {
        Check(successes, trials, level);
        var tail = (1 - level) / 2;
        return new(
            Beta.InvCDF(successes + 0.5, trials - successes + 0.5, tail),
            Beta.InvCDF(successes + 0.5, trials - successes + 0.5, 1 - tail)
        );
    }

    /// <summary>
    /// The textbook normal (Wald) interval, clipped to 0..1. It has no width at 0 and 1: only for comparison with older reports.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">As <see cref="Wilson"/>.</exception>
    public static Interval Normal(double successes, double trials, double level = 0.95)
    {
        Check(successes, trials, level);
        return Around(successes / trials, trials, Quantile(level));
    }

    /// <summary>
    /// Interval of the difference of two independent proportions, first minus second, from their Wilson intervals: method 10 of Newcombe
    /// 1998, "Interval estimation for the difference between independent proportions".
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">As <see cref="Wilson"/>.</exception>
    public static Interval Difference(
        double firstSuccesses,
        double firstTrials,
        double secondSuccesses,
        double secondTrials,
        double level = 0.95
    ) =>
        Difference(
            firstSuccesses / firstTrials,
            Wilson(firstSuccesses, firstTrials, level),
            secondSuccesses / secondTrials,
            Wilson(secondSuccesses, secondTrials, level)
        );

    /// <summary>
    /// Interval of first minus second from an interval of each (Newcombe 1998, method 10, when they are Wilson's; Zou and Donner 2008 for
    /// any others of the same level). The two must be independent.
    /// </summary>
    public static Interval Difference(double first, Interval firstInterval, double second, Interval secondInterval) =>
        new(
            first - second - Hypotenuse(first - firstInterval.Low, secondInterval.High - second),
            first - second + Hypotenuse(firstInterval.High - first, second - secondInterval.Low)
        );

    private static double Hypotenuse(double a, double b) => Math.Sqrt(a * a + b * b);

    private static Interval Around(double share, double trials, double z)
    {
        var half = z * Math.Sqrt(share * (1 - share) / trials);
        return new(Math.Max(0, share - half), Math.Min(1, share + half));
    }

    private static double Quantile(double level) => NormalDistribution.Quantile(0.5 + level / 2);

    private static void Check(double successes, double trials, double level)
    {
        if (!(trials > 0) || double.IsInfinity(trials))
            throw new ArgumentOutOfRangeException(nameof(trials), trials, "an interval needs at least one trial");
        if (!(successes >= 0 && successes <= trials))
            throw new ArgumentOutOfRangeException(nameof(successes), successes, $"wanted 0..{trials}");
        if (!(level > 0 && level < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "wanted between 0 and 1");
    }
}
