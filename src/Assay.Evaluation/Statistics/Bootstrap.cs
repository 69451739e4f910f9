using Assay.Ground.Numerics;

namespace Assay.Evaluation.Statistics;

/// <summary>
/// A statistic recomputed on resamples of its items, and the intervals read off them (Efron and Tibshirani 1993, chapters 13 and 14; the
/// formulas of scipy's <c>stats.bootstrap</c>). When pairs share a prompt the items are the prompt groups: a resample keeps whole groups,
/// so its number of pairs varies, and the statistic is a ratio of sums, never a mean of group means.
/// </summary>
public sealed class Bootstrap
{
    private readonly double[] _sorted;
    private readonly double[] _jackknife;

    private Bootstrap(double estimate, IReadOnlyList<double> replicates, double[] jackknife)
    {
        (Estimate, Replicates, _jackknife) = (estimate, replicates, jackknife);
        _sorted = Quantile.Sorted(replicates);
    }

    /// <summary>The statistic on the data as it is.</summary>
    public double Estimate { get; }

    /// <summary>The statistic on each resample, in their order.</summary>
    public IReadOnlyList<double> Replicates { get; }

    /// <summary>Standard deviation of the replicates (divisor B − 1).</summary>
    public double StandardError
    {
        get
        {
            var mean = Replicates.Average();
            return Math.Sqrt(Replicates.Sum(replicate => (replicate - mean) * (replicate - mean)) / (Replicates.Count - 1));
        }
    }

    /// <summary>A mean.</summary>
    /// <exception cref="ArgumentException">There are fewer than two values, or no resamples.</exception>
    public static Bootstrap OfMean(ReadOnlySpan<double> values, IEnumerable<IReadOnlyList<int>> resamples)
    {
        var ones = new double[values.Length];
        Array.Fill(ones, 1.0);
        return OfRatio(values, ones, resamples);
    }

    /// <summary>A ratio of two sums over items, such as the right answers over the pairs of each prompt group.</summary>
    /// <exception cref="ArgumentException">There are fewer than two items, the lists differ in length, or there are no
    /// resamples.</exception>
    public static Bootstrap OfRatio(
        ReadOnlySpan<double> numerators,
        ReadOnlySpan<double> denominators,
        IEnumerable<IReadOnlyList<int>> resamples
    )
    {
        CheckItems(numerators.Length);
        if (numerators.Length != denominators.Length)
            throw new ArgumentException($"{numerators.Length} numerators and {denominators.Length} denominators", nameof(denominators));
        double top = 0,
            bottom = 0;
        for (var i = 0; i < numerators.Length; i++)
            (top, bottom) = (top + numerators[i], bottom + denominators[i]);
        var jackknife = new double[numerators.Length];
        for (var i = 0; i < jackknife.Length; i++)
            jackknife[i] = (top - numerators[i]) / (bottom - denominators[i]);
        var replicates = new List<double>();
        foreach (var resample in resamples)
        {
            double sum = 0,
                count = 0;
            for (var i = 0; i < resample.Count; i++)
                (sum, count) = (sum + numerators[resample[i]], count + denominators[resample[i]]);
            replicates.Add(sum / count);
        }
        return Create(top / bottom, replicates, jackknife);
    }

    /// <summary>
    /// Any statistic of a list of item indices. The jackknife calls it once per item, so it suits hundreds or thousands of items.
    /// </summary>
    /// <exception cref="ArgumentException">There are fewer than two items, or no resamples.</exception>
    public static Bootstrap Of(int itemCount, Func<IReadOnlyList<int>, double> statistic, IEnumerable<IReadOnlyList<int>> resamples)
    {
        CheckItems(itemCount);
        int[] all = [.. Enumerable.Range(0, itemCount)];
        double[] jackknife = [.. all.Select(left => statistic([.. all.Where(item => item != left)]))];
        return Create(statistic(all), [.. resamples.Select(statistic)], jackknife);
    }

    /// <summary>The quantiles of the replicates themselves.</summary>
    public Interval Percentile(double level = 0.95) =>
        new(Quantile.OfSorted(_sorted, (1 - level) / 2), Quantile.OfSorted(_sorted, (1 + level) / 2));

    /// <summary>The percentile interval mirrored at the estimate.</summary>
    public Interval Basic(double level = 0.95)
    {
        var (low, high) = Percentile(level);
        return new(2 * Estimate - high, 2 * Estimate - low);
    }

    /// <summary>
    /// Bias-corrected and accelerated: the one to report for small or skewed samples. NaN when every item is the same, because then nothing
    /// varies.
    /// </summary>
    public BcaParts Bca(double level = 0.95)
    {
        var below = Replicates.Count(replicate => replicate < Estimate) + Replicates.Count(replicate => replicate <= Estimate);
        var bias = NormalDistribution.Quantile(below / (2.0 * Replicates.Count));
        var acceleration = Acceleration();
        var low = Level((1 - level) / 2);
        var high = Level((1 + level) / 2);
        var interval =
            double.IsNaN(low) || double.IsNaN(high)
                ? new Interval(double.NaN, double.NaN)
                : new Interval(Quantile.OfSorted(_sorted, low), Quantile.OfSorted(_sorted, high));
        return new(bias, acceleration, low, high, interval);

        double Level(double probability)
        {
            var z = bias + NormalDistribution.Quantile(probability);
            return NormalDistribution.Cumulative(bias + z / (1 - acceleration * z));
        }
    }

    private double Acceleration()
    {
        double n = _jackknife.Length,
            mean = _jackknife.Average(),
            squares = 0,
            cubes = 0;
        foreach (var value in _jackknife)
        {
            var influence = (n - 1) * (mean - value);
            squares += influence * influence;
            cubes += influence * influence * influence;
        }
        return squares == 0 ? double.NaN : cubes / (n * n * n) / 6 / Math.Pow(squares / (n * n), 1.5);
    }

    private static void CheckItems(int itemCount)
    {
        if (itemCount < 2)
            throw new ArgumentException($"a bootstrap needs at least two items to draw from, found {itemCount}", nameof(itemCount));
    }

    private static Bootstrap Create(double estimate, List<double> replicates, double[] jackknife) =>
        replicates.Count == 0
            ? throw new ArgumentException("a bootstrap needs at least one resample", nameof(replicates))
            : new(estimate, replicates, jackknife);
}

/// <summary>
/// What a bias-corrected and accelerated interval is made of: z0, the acceleration, the two percentile levels read off the replicates, and
/// the ends.
/// </summary>
public readonly record struct BcaParts(double BiasCorrection, double Acceleration, double LowLevel, double HighLevel, Interval Interval);
