using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>The difference of two shares of the same rows. Only the rows on which the two disagree matter.</summary>
public static class PairedDifference
{
    /// <summary>
    /// 95 % Wald interval of first minus second after half a row is added to each of the four cells, so that it keeps a width when the two
    /// never disagree (Agresti and Min 2005).
    /// </summary>
    /// <param name="onlyFirst">Rows that only the first counts; may be fractional.</param>
    /// <param name="onlySecond">Rows that only the second counts.</param>
    /// <param name="rows">All rows.</param>
    public static Interval AgrestiMin(double onlyFirst, double onlySecond, double rows)
    {
        var n = rows + 2;
        var difference = (onlyFirst - onlySecond) / n;
        var half = NormalDistribution.Quantile(0.975) * Math.Sqrt(((onlyFirst + onlySecond + 1) / n - difference * difference) / n);
        return new(difference - half, difference + half);
    }
}
