using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Ranking;

/// <summary>Agreement of two rankings of the same models.</summary>
public static class RankAgreement
{
    /// <summary>
    /// Vigna's weighted τ (2015) with hyperbolic weights, where exchanges near the top cost more: the mean over the two orders, as scipy's
    /// <c>weightedtau</c>. Larger values are better: give scores, not ranks. NaN where a side does not vary.
    /// </summary>
    /// <exception cref="ArgumentException">The lists differ in length, have fewer than two values, or hold NaN or an infinity.</exception>
    public static double WeightedTau(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Correlation.Check(x, y);
        return (Weighted(x, y, PlacesBy(x, y)) + Weighted(x, y, PlacesBy(y, x))) / 2;
    }

    /// <summary>
    /// Share of the best <paramref name="top"/> models of one score that are among the best of the other; equal scores rank in the models'
    /// order, the last first.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer models than that.</exception>
    public static double TopOverlap(IReadOnlyList<double> x, IReadOnlyList<double> y, int top)
    {
        if (top < 1 || top > x.Count || x.Count != y.Count)
            throw new ArgumentOutOfRangeException(nameof(top), top, $"wanted 1..{Math.Min(x.Count, y.Count)}");
        return Best(x).Intersect(Best(y)).Count() / (double)top;

        IEnumerable<int> Best(IReadOnlyList<double> scores) => Enumerable.Range(0, scores.Count).OrderBy(i => scores[i]).TakeLast(top);
    }

    private static int[] PlacesBy(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var places = new int[first.Count];
        var place = first.Count;
        foreach (var i in Enumerable.Range(0, first.Count).OrderBy(i => first[i]).ThenBy(i => second[i]))
            places[i] = --place;
        return places;
    }

    private static double Weighted(IReadOnlyList<double> x, IReadOnlyList<double> y, int[] places)
    {
        double agree = 0,
            untiedX = 0,
            untiedY = 0;
        for (var i = 0; i < x.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                double weight = 1.0 / (places[i] + 1) + 1.0 / (places[j] + 1),
                    a = Math.Sign(x[i] - x[j]),
                    b = Math.Sign(y[i] - y[j]);
                (agree, untiedX, untiedY) = (agree + weight * a * b, untiedX + weight * Math.Abs(a), untiedY + weight * Math.Abs(b));
            }
        }
        return untiedX == 0 || untiedY == 0 ? double.NaN : Math.Clamp(agree / Math.Sqrt(untiedX) / Math.Sqrt(untiedY), -1, 1);
    }
}
