using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// McNemar's test (1947) of two models on the same pairs: only the pairs that one of them has right and the other wrong say which is
/// better. Formulas as in statsmodels' <c>mcnemar</c>, except that without any such pair all three p-values are 1, where the library's are
/// 1, NaN and 0.
/// </summary>
/// <param name="OnlyFirstRight">Pairs that the first model alone has right.</param>
/// <param name="OnlySecondRight">Pairs that the second model alone has right.</param>
public sealed record McNemar(long OnlyFirstRight, long OnlySecondRight)
{
    private double Discordant => OnlyFirstRight + OnlySecondRight;

    /// <summary>The exact binomial test; statistic min(b, c). The one to report.</summary>
    public TestResult Exact
    {
        get
        {
            var fewer = Math.Min(OnlyFirstRight, OnlySecondRight);
            return new(fewer, BinomialTail.TwoSided(fewer, OnlyFirstRight + OnlySecondRight));
        }
    }

    /// <summary>(b − c)²/(b + c) against χ² with one degree of freedom.</summary>
    public TestResult ChiSquared => Square(Math.Abs((double)OnlyFirstRight - OnlySecondRight));

    /// <summary>(|b − c| − 1)²/(b + c), Edwards' continuity correction.</summary>
    public TestResult ChiSquaredCorrected => Square(Math.Abs((double)OnlyFirstRight - OnlySecondRight) - 1);

    /// <summary>Counts the discordant pairs of two models' outcomes, in the same order.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static McNemar Of(IReadOnlyList<bool> firstRight, IReadOnlyList<bool> secondRight)
    {
        if (firstRight.Count != secondRight.Count)
            throw new ArgumentException(
                $"{firstRight.Count} and {secondRight.Count} outcomes: both models must have judged the same pairs",
                nameof(secondRight)
            );
        long first = 0,
            second = 0;
        for (var i = 0; i < firstRight.Count; i++)
        {
            if (firstRight[i] && !secondRight[i])
                first++;
            if (!firstRight[i] && secondRight[i])
                second++;
        }
        return new(first, second);
    }

    private TestResult Square(double difference)
    {
        if (Discordant == 0)
            return new(0, 1);
        var statistic = difference * difference / Discordant;
        return new(statistic, NormalDistribution.TwoSided(Math.Sqrt(statistic)));
    }
}
