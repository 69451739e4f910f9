namespace Assay.Data.Agreement;

/// <summary>The three distribution functions that agreement needs, accurate to about 1e-13: continued fractions and series of Abramowitz and Stegun, chapters 6 and 26.</summary>
internal static class Distributions
{
    private const double Epsilon = 1e-16;

    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>The two-sided p of the exact binomial test of a fair coin: the probability of a count at least as far from the middle. 1 without trials.</summary>
    public static double BinomialTestOfFairness(long successes, long trials)
    {
        if (trials == 0 || 2 * successes == trials) return 1;
        var count = Math.Min(successes, trials - successes);
        var term = Math.Exp(LogGamma(trials + 1.0) - LogGamma(count + 1.0) - LogGamma(trials - count + 1.0) - trials * Math.Log(2));
        var tail = 0.0;
        // Away from the middle each term is smaller than the one before, so that of millions of trials only the near ones count.
        for (; term > tail * Epsilon; count--)
        {
            tail += term;
            term *= count / (trials - count + 1.0);
        }
        return Math.Min(1, 2 * tail);
    }

    /// <summary>Wilson's 95 % interval of a share.</summary>
    /// <param name="successes">May be half ones.</param>
    /// <param name="trials">Above 0.</param>
    public static (double Low, double High) Wilson(double successes, double trials)
    {
        const double Z = 1.959963984540054;
        var share = successes / trials;
        var denominator = 1 + Z * Z / trials;
        var middle = (share + Z * Z / (2 * trials)) / denominator;
        var half = Z * Math.Sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials)) / denominator;
        return (middle - half, middle + half);
    }

    /// <summary>The value that Student's t is below with this probability, 0.5 to 1.</summary>
    public static double StudentQuantile(double probability, double degrees)
    {
        double low = 0, high = 1;
        while (StudentCdf(high, degrees) < probability) high *= 2;
        for (var step = 0; step < 200 && high - low > Epsilon * high; step++)
        {
            var middle = (low + high) / 2;
            if (StudentCdf(middle, degrees) < probability) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    private static double StudentCdf(double t, double degrees) => 1 - RegularisedBeta(degrees / (degrees + t * t), degrees / 2.0, 0.5) / 2;

    private static double RegularisedBeta(double x, double a, double b)
    {
        if (x is 0 or 1) return x;
        if (x > (a + 1) / (a + b + 2)) return 1 - RegularisedBeta(1 - x, b, a);
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x)) / a;
        double f = 1, c = 1, d = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var m = i / 2;
            var numerator = i == 0 ? 1 : i % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / (1 + numerator * d);
            c = 1 + numerator / c;
            f *= c * d;
            if (Math.Abs(1 - c * d) < Epsilon * 4) break;
        }
        return front * (f - 1);
    }

    private static double LogGamma(double x)
    {
        if (x < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        x--;
        var sum = Lanczos[0];
        for (var i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (x + i);
        var t = x + 7.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x + 0.5) * Math.Log(t) - t + Math.Log(sum);
    }
}
