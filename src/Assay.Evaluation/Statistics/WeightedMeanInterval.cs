using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// The interval of a weighted sum of independent estimates, from the estimates' own intervals (the method of variance estimates recovery:
/// Zou and Donner 2008, Statistics in Medicine 27:1693). It keeps what is good in Wilson's: a part that is all right still has a width.
/// </summary>
public static class WeightedMeanInterval
{
    /// <summary>Lower end Σwθ − √Σw²(θ − l)², upper end Σwθ + √Σw²(u − θ)².</summary>
    /// <param name="parts">Weights above 0 and the estimates with their intervals.</param>
    public static Interval Of(IEnumerable<(double Weight, double Estimate, Interval Interval)> parts)
    {
        double sum = 0,
            below = 0,
            above = 0;
        foreach (var (weight, estimate, interval) in parts)
        {
            sum += weight * estimate;
            below += Square(weight * (estimate - interval.Low));
            above += Square(weight * (interval.High - estimate));
        }
        return new(sum - Math.Sqrt(below), sum + Math.Sqrt(above));

        static double Square(double value) => value * value;
    }
}
