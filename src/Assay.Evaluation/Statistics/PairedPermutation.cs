namespace Assay.Evaluation.Statistics;

/// <summary>
/// The paired permutation test of a mean difference (Fisher 1935; Pitman 1937): if two models were equal, each pair's difference could as
/// well have the other sign. A flipped mean counts as extreme from |mean| − 1e-12 on, so that equal sums taken in another order are not
/// lost.
/// </summary>
public static class PairedPermutation
{
    /// <summary>Up to this many non-zero differences all 2ⁿ sign patterns are counted.</summary>
    public const int ExactLimit = 20;

    /// <summary>Sign patterns drawn where not all are counted.</summary>
    public const int DefaultFlipCount = 9999;

    private const double Slack = 1e-12;

    /// <summary>
    /// Two-sided test: exact where possible, else by <paramref name="flipCount"/> seeded sign patterns. The statistic is the mean
    /// difference.
    /// </summary>
    /// <exception cref="ArgumentException">There are no differences.</exception>
    public static TestResult TwoSided(IReadOnlyList<double> differences, long seed, int flipCount = DefaultFlipCount)
    {
        if (differences.Count(difference => difference != 0) <= ExactLimit)
            return Exact(differences).TwoSided;
        var random = new SeededRandom(seed);
        // n differences of one size sum to size · (2k − n) when k of them are positive: 64 signs are drawn and counted at once. Zeros flip
        // to themselves.
        var sizes = differences
            .Where(difference => difference != 0)
            .GroupBy(Math.Abs)
            .Select(size => (Size: size.Key, Count: size.Count()))
            .ToArray();
        double observed = Math.Abs(differences.Sum()),
            slack = Slack * differences.Count;
        var extreme = 0L;
        for (var flip = 0; flip < flipCount; flip++)
        {
            var sum = 0.0;
            foreach (var (size, count) in sizes)
                sum += size * (2L * random.CountHeads(count) - count);
            if (Math.Abs(sum) >= observed - slack)
                extreme++;
        }
        return new(Mean(differences), (1.0 + extreme) / (1.0 + flipCount));
    }

    /// <summary>Two-sided p-value from given sign patterns (+1 or −1): (1 + extreme patterns) / (1 + patterns).</summary>
    /// <exception cref="ArgumentException">There are no differences.</exception>
    public static TestResult OfFlips(IReadOnlyList<double> differences, IEnumerable<IReadOnlyList<sbyte>> flips)
    {
        var observed = Mean(differences);
        long extreme = 0,
            patterns = 0;
        foreach (var flip in flips)
        {
            patterns++;
            if (Math.Abs(FlippedMean(differences, flip)) >= Math.Abs(observed) - Slack)
                extreme++;
        }
        return new(observed, (1.0 + extreme) / (1.0 + patterns));
    }

    /// <summary>The mean after one sign pattern.</summary>
    public static double FlippedMean(IReadOnlyList<double> differences, IReadOnlyList<sbyte> flip)
    {
        var sum = 0.0;
        for (var i = 0; i < differences.Count; i++)
            sum += flip[i] * differences[i];
        return sum / differences.Count;
    }

    /// <summary>
    /// All sign patterns of at most <see cref="ExactLimit"/> non-zero differences (zeros flip to themselves): two-sided, and one-sided for
    /// a mean above 0.
    /// </summary>
    /// <exception cref="ArgumentException">There are no differences, or too many.</exception>
    public static (TestResult TwoSided, TestResult Greater) Exact(IReadOnlyList<double> differences)
    {
        var observed = Mean(differences);
        double[] moving = [.. differences.Where(difference => difference != 0)];
        if (moving.Length > ExactLimit)
            throw new ArgumentException(
                $"{moving.Length} non-zero differences are too many to count all sign patterns, at most {ExactLimit}",
                nameof(differences)
            );
        long extreme = 0,
            greater = 0,
            patterns = 1L << moving.Length;
        for (var pattern = 0L; pattern < patterns; pattern++)
        {
            var sum = 0.0;
            for (var i = 0; i < moving.Length; i++)
                sum += (pattern >> i & 1) == 0 ? moving[i] : -moving[i];
            var mean = sum / differences.Count;
            if (Math.Abs(mean) >= Math.Abs(observed) - Slack)
                extreme++;
            if (mean >= observed - Slack)
                greater++;
        }
        return (new(observed, (double)extreme / patterns), new(observed, (double)greater / patterns));
    }

    private static double Mean(IReadOnlyList<double> differences) =>
        differences.Count == 0
            ? throw new ArgumentException("a permutation test needs at least one difference", nameof(differences))
            : differences.Sum() / differences.Count;
}
