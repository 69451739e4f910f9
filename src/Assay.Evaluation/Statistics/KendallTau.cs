using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// Kendall's rank correlation in O(n log n) (Knight 1966), with τ-b and τ-c for ties (Kendall 1945; Stuart 1953). As scipy's
/// <c>kendalltau</c>: the p-value is exact without ties up to 33 items (or with at most one swap), else the tie-corrected normal one.
/// </summary>
/// <param name="B">τ-b; NaN where a side does not vary.</param>
/// <param name="C">τ-c, for sides with unequal numbers of distinct values.</param>
/// <param name="PValue">Two-sided.</param>
/// <param name="DiscordantPairs">Pairs that the two sides order differently.</param>
public sealed record KendallTau(double B, double C, double PValue, long DiscordantPairs)
{
    private const int ExactLimit = 33;

    /// <summary>Computes τ.</summary>
    /// <exception cref="ArgumentException">The lists differ in length, have fewer than two values, or hold NaN or an infinity.</exception>
    public static KendallTau Of(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Correlation.Check(x, y);
        var n = x.Count;
        int[] order = [.. Enumerable.Range(0, n).OrderBy(i => x[i]).ThenBy(i => y[i])];
        double[] sortedY = [.. order.Select(i => y[i])];
        var both = Ties.Of(order.Select(i => (x[i], y[i])));
        var tiesX = Ties.Of(order.Select(i => x[i]));
        var discordant = CountInversions(sortedY, new double[n], 0, n);
        var tiesY = Ties.Of(sortedY); // sorted by the count
        double total = (double)n * (n - 1) / 2,
            difference = total - tiesX.Pairs - tiesY.Pairs + both.Pairs - 2.0 * discordant;
        var b =
            tiesX.Pairs == total || tiesY.Pairs == total
                ? double.NaN
                : Math.Clamp(difference / Math.Sqrt(total - tiesX.Pairs) / Math.Sqrt(total - tiesY.Pairs), -1, 1);
        var classes = Math.Min(tiesX.Distinct, tiesY.Distinct);
        var c = double.IsNaN(b) ? double.NaN : 2 * difference / ((double)n * n * (classes - 1) / classes);
        return new(b, c, double.IsNaN(b) ? double.NaN : P(n, difference, discordant, total, tiesX, tiesY), discordant);
    }

    private static double P(int n, double difference, long discordant, double total, Ties x, Ties y)
    {
        var fewer = Math.Min(discordant, total - discordant);
        if (x.Pairs == 0 && y.Pairs == 0 && (n <= ExactLimit || fewer <= 1))
            return Exact(n, (long)fewer);
        var m = n * (n - 1.0);
        var variance =
            (m * (2.0 * n + 5) - x.Quadratic - y.Quadratic) / 18
            + 2.0 * x.Pairs * y.Pairs / m
            + (n > 2 ? x.Cubic * y.Cubic / (9 * m * (n - 2)) : 0);
        return NormalDistribution.TwoSided(difference / Math.Sqrt(variance));
    }

    /// <summary>2·P(inversions ≤ c) of a random order, by the recursion over the last element's place.</summary>
    private static double Exact(int n, long c)
    {
        if (4 * c >= (long)n * (n - 1))
            return 1;
        var shares = new double[c + 1];
        shares[0] = 1;
        for (var size = 2; size <= n; size++)
        {
            var next = new double[c + 1];
            var window = 0.0;
            for (var k = 0; k <= c; k++)
            {
                window += shares[k] - (k >= size ? shares[k - size] : 0);
                next[k] = window / size;
            }
            shares = next;
        }
        return Math.Min(1, 2 * shares.Sum());
    }

    /// <summary>Merge sort that counts; equal values are no inversion.</summary>
    private static long CountInversions(double[] values, double[] spare, int first, int end)
    {
        if (end - first < 2)
            return 0;
        var middle = (first + end) / 2;
        var count = CountInversions(values, spare, first, middle) + CountInversions(values, spare, middle, end);
        int left = first,
            right = middle;
        for (var i = first; i < end; i++)
        {
            if (right == end || (left < middle && values[left] <= values[right]))
                spare[i] = values[left++];
            else
            {
                count += middle - left;
                spare[i] = values[right++];
            }
        }
        Array.Copy(spare, first, values, first, end - first);
        return count;
    }

    /// <summary>Sums over groups of t equal items, of items in order: pairs t(t−1)/2, t(t−1)(t−2) and t(t−1)(2t+5).</summary>
    private readonly record struct Ties(double Pairs, double Cubic, double Quadratic, int Distinct)
    {
        public static Ties Of<T>(IEnumerable<T> sorted)
        {
            double pairs = 0,
                cubic = 0,
                quadratic = 0;
            var distinct = 0;
            foreach (var group in sorted.GroupBy(item => item))
            {
                double t = group.Count();
                (pairs, cubic, quadratic, distinct) = (
                    pairs + t * (t - 1) / 2,
                    cubic + t * (t - 1) * (t - 2),
                    quadratic + t * (t - 1) * (2 * t + 5),
                    distinct + 1
                );
            }
            return new(pairs, cubic, quadratic, distinct);
        }
    }
}
