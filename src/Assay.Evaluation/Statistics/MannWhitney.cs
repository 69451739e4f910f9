using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// Mann and Whitney's test (1947) of two samples: U counts the (first, second) combinations in which the second is higher, half the equal
/// ones. As scipy's <c>mannwhitneyu(y, x)</c>: exact when a sample has at most 8 values and none are equal, else normal with tie-corrected
/// variance.
/// </summary>
/// <param name="U">Combinations in which the second sample's value is higher.</param>
/// <param name="Combinations">All combinations.</param>
/// <param name="PValue">Two-sided; the normal one with continuity correction.</param>
/// <param name="PValueUncorrected">Two-sided, normal, without the correction.</param>
public sealed record MannWhitney(double U, double Combinations, double PValue, double PValueUncorrected)
{
    private const int ExactLimit = 8;

    /// <summary>Chance that a value of the second sample is above one of the first: the area under the ROC curve.</summary>
    public double ProbabilitySecondHigher => U / Combinations;

    /// <summary>Cliff's delta (1993), −1..1: 2·area − 1.</summary>
    public double CliffsDelta => 2 * ProbabilitySecondHigher - 1;

    /// <summary>Tests two samples; <paramref name="exact"/> chooses the method, null leaves it to the rule above.</summary>
    /// <exception cref="ArgumentException">A sample is empty or holds NaN or an infinity.</exception>
    public static MannWhitney Of(IReadOnlyCollection<double> first, IReadOnlyCollection<double> second, bool? exact = null)
    {
        Samples.Check([.. first], [.. second]);
        double n = first.Count,
            m = second.Count;
        var ranks = Ranks.Mid([.. second, .. first], out var ties);
        var u = ranks.Take(second.Count).Sum() - m * (m + 1) / 2;
        double mean = n * m / 2,
            total = n + m,
            deviation = Math.Sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1)))),
            distance = Math.Max(u, n * m - u) - mean;
        var isExact = exact ?? (Math.Min(n, m) <= ExactLimit && ties == 0);
        return new(
            u,
            n * m,
            isExact ? ExactP(Math.Min(u, n * m - u), first.Count, second.Count) : Tail(distance - 0.5, deviation),
            Tail(distance, deviation)
        );
    }

    private static double Tail(double distance, double deviation) =>
        deviation == 0 ? 1 : Math.Min(1, 2 * NormalDistribution.Survival(distance / deviation));

    /// <summary>2·P(U ≤ u): U is the number of swaps, counted over all interleavings.</summary>
    private static double ExactP(double u, int n, int m)
    {
        // ways[j][k]: share of interleavings of i firsts and j seconds with k swaps, over C(i + j, j).
        var limit = (int)Math.Floor(u);
        var ways = Enumerable.Range(0, m + 1).Select(_ => One(limit)).ToArray();
        for (var i = 1; i <= n; i++)
        {
            var next = new double[m + 1][];
            next[0] = One(limit);
            for (var j = 1; j <= m; j++)
            {
                next[j] = new double[limit + 1];
                for (var k = 0; k <= limit; k++)
                    next[j][k] = (k >= j ? ways[j][k - j] : 0) * i / (i + j) + next[j - 1][k] * j / (i + j);
            }
            ways = next;
        }
        return Math.Min(1, 2 * ways[m].Sum());

        static double[] One(int limit)
        {
            var start = new double[limit + 1];
            start[0] = 1;
            return start;
        }
    }
}
