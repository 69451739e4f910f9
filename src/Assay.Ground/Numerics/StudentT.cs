using MathNet.Numerics;

namespace Assay.Ground.Numerics;

/// <summary>Student's t through the incomplete beta function, so that small tails keep their digits.</summary>
public static class StudentT
{
    /// <summary>P(|T| &gt; |t|); NaN without a degree of freedom.</summary>
    public static double TwoSided(double t, double degreesOfFreedom) =>
        double.IsInfinity(t) ? 0 : Tail(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom);

    /// <summary>The p-value of a correlation r, whose t is r·√(df / (1 − r²)).</summary>
    public static double OfCorrelation(double r, double degreesOfFreedom) => Tail(1 - r * r, degreesOfFreedom);

    /// <summary>The value that T is below with this probability, by halving: MathNet's own inverse stops at half of the digits.</summary>
    /// <param name="probability">0.5 to 1, without 1.</param>
    /// <param name="degreesOfFreedom">Above 0.</param>
    public static double Quantile(double probability, double degreesOfFreedom)
    {
        if (!(probability is >= 0.5 and < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "wanted 0.5 to 1, without 1");
        double low = 0,
            high = 1;
        while (IsBelow(high))
            high *= 2;
        for (var middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2)
        {
            if (IsBelow(middle))
                low = middle;
            else
                high = middle;
        }
        return high;

        bool IsBelow(double t) => 1 - TwoSided(t, degreesOfFreedom) / 2 < probability;
    }

    private static double Tail(double share, double degreesOfFreedom) =>
        degreesOfFreedom > 0 && !double.IsNaN(share)
            ? SpecialFunctions.BetaRegularized(degreesOfFreedom / 2, 0.5, Math.Clamp(share, 0, 1))
            : double.NaN;
}
