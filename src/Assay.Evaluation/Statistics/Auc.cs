using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// Area under the ROC curve: the share of all (positive, negative) combinations in which the positive scores higher, an equal score
/// counting half. Pooled over pairs it compares answers to different prompts, so it is not the paired accuracy.
/// </summary>
public static class Auc
{
    /// <summary>The area, in O(n log n) by mid-ranks (Hanley and McNeil 1982).</summary>
    /// <exception cref="ArgumentException">One side is empty: the area is undefined.</exception>
    public static double Of(IReadOnlyCollection<double> positives, IReadOnlyCollection<double> negatives)
    {
        if (positives.Count == 0 || negatives.Count == 0)
            throw new ArgumentException(
                $"the area needs both classes, found {positives.Count} positives and {negatives.Count} negatives",
                nameof(negatives)
            );
        var ranks = Ranks.Mid([.. positives, .. negatives]);
        var sum = 0.0;
        for (var i = 0; i < positives.Count; i++)
            sum += ranks[i];
        double m = positives.Count,
            n = negatives.Count;
        return sum / (m * n) - (m + 1) / (2 * n);
    }

    /// <summary>
    /// Two models' areas on the same answers, with DeLong's covariance (DeLong, DeLong and Clarke-Pearson 1988; the mid-rank form of Sun
    /// and Xu 2014). Answers are taken as independent: with prompt groups prefer a clustered bootstrap.
    /// </summary>
    /// <exception cref="ArgumentException">The models have not the same numbers of answers, or a class has fewer than two.</exception>
    public static DeLong Compare(
        IReadOnlyList<double> firstPositives,
        IReadOnlyList<double> firstNegatives,
        IReadOnlyList<double> secondPositives,
        IReadOnlyList<double> secondNegatives
    )
    {
        if (firstPositives.Count != secondPositives.Count || firstNegatives.Count != secondNegatives.Count)
            throw new ArgumentException(
                $"the models were scored on different answers: {firstPositives.Count}+{firstNegatives.Count} and {secondPositives.Count}+{secondNegatives.Count}",
                nameof(secondPositives)
            );
        if (firstPositives.Count < 2 || firstNegatives.Count < 2)
            throw new ArgumentException("a variance needs at least two answers of each class", nameof(firstPositives));
        var (first, firstUp, firstDown) = Placements(firstPositives, firstNegatives);
        var (second, secondUp, secondDown) = Placements(secondPositives, secondNegatives);
        double Covariance(double[] a, double[] b, double[] c, double[] d) =>
            Moments.Covariance(a, b) / a.Length + Moments.Covariance(c, d) / c.Length;
        return new DeLong(
            first,
            second,
            Covariance(firstUp, firstUp, firstDown, firstDown),
            Covariance(secondUp, secondUp, secondDown, secondDown),
            Covariance(firstUp, secondUp, firstDown, secondDown)
        );
    }

    private static (double Area, double[] Up, double[] Down) Placements(IReadOnlyList<double> positives, IReadOnlyList<double> negatives)
    {
        double[] all = Ranks.Mid([.. positives, .. negatives]),
            within = Ranks.Mid(positives),
            without = Ranks.Mid(negatives);
        double[] up = [.. within.Select((rank, i) => (all[i] - rank) / negatives.Count)];
        double[] down = [.. without.Select((rank, i) => 1 - (all[positives.Count + i] - rank) / positives.Count)];
        return (Of(positives.ToArray(), negatives.ToArray()), up, down);
    }
}

/// <summary>Two areas under ROC curves on the same answers and their covariance matrix, see <see cref="Auc.Compare"/>.</summary>
public sealed record DeLong(double FirstArea, double SecondArea, double FirstVariance, double SecondVariance, double Covariance)
{
    /// <summary>First minus second area.</summary>
    public double Difference => FirstArea - SecondArea;

    /// <summary>Standard error of the difference; 0 when both models order everything alike.</summary>
    public double StandardError => Math.Sqrt(Math.Max(0, FirstVariance + SecondVariance - 2 * Covariance));

    /// <summary>z and its two-sided p-value. Models that order everything alike have z 0 and p 1: there is no difference to test.</summary>
    public TestResult Test =>
        StandardError == 0 && Difference == 0
            ? new(0, 1)
            : new(Difference / StandardError, NormalDistribution.TwoSided(Difference / StandardError));
}
