using MathNet.Numerics;

namespace Assay.Ground.Numerics;

/// <summary>The standard normal distribution, accurate in both tails.</summary>
public static class NormalDistribution
{
    /// <summary>P(Z ≤ z).</summary>
    public static double Cumulative(double z) => 0.5 * SpecialFunctions.Erfc(-z / Constants.Sqrt2);

    /// <summary>P(Z &gt; z): small tails keep their digits.</summary>
    public static double Survival(double z) => 0.5 * SpecialFunctions.Erfc(z / Constants.Sqrt2);

    /// <summary>P(|Z| &gt; |z|), the two-sided p-value.</summary>
    public static double TwoSided(double z) => SpecialFunctions.Erfc(Math.Abs(z) / Constants.Sqrt2);

    /// <summary>z with P(Z ≤ z) = <paramref name="probability"/>; ±∞ at 1 and 0.</summary>
    public static double Quantile(double probability) => -Constants.Sqrt2 * SpecialFunctions.ErfcInv(2 * probability);
}
