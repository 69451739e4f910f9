namespace Assay.Evaluation.Statistics;

/// <summary>95 % intervals of a difference of two shares. Both keep a width where a share is 0 or 1.</summary>
public static class DifferenceInterval
{
    private static readonly double Z = NormalDistribution.Quantile(0.975);

    /// <summary>First minus second, of different rows: Newcombe 1998, method 10, from the two Wilson intervals.</summary>
    public static Interval Independent(double first, Interval firstInterval, double second, Interval secondInterval)
    {
        static double Length(double a, double b) => Math.Sqrt(a * a + b * b);
        var difference = first - second;
        return new(difference - Length(first - firstInterval.Low, secondInterval.High - second), difference + Length(firstInterval.High - first, second - secondInterval.Low));
    }

    /// <summary>
    /// First minus second, of the same rows: Wald's interval after Agresti and Min 2005 (half a row added to each of the four cells). Only the rows on which the two disagree matter.
    /// </summary>
    /// <param name="onlyFirst">Rows that only the first counts; may be fractional.</param>
    /// <param name="onlySecond">Rows that only the second counts.</param>
    /// <param name="rows">All rows.</param>
    public static Interval Paired(double onlyFirst, double onlySecond, double rows)
    {
        var n = rows + 2;
        var difference = (onlyFirst - onlySecond) / n;
        var half = Z * Math.Sqrt(Math.Max(0, (onlyFirst + onlySecond + 1) / n - difference * difference) / n);
        return new(difference - half, difference + half);
    }
}
