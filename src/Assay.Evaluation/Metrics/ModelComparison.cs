using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Metrics;

/// <summary>Two models on the same pairs: which is better, and whether the difference could be noise.</summary>
public sealed record ModelComparison
{
    public required long Pairs { get; init; }

    /// <summary>Ties half.</summary>
    public required double FirstAccuracy { get; init; }

    public required double SecondAccuracy { get; init; }

    /// <summary>First minus second accuracy.</summary>
    public double Difference => FirstAccuracy - SecondAccuracy;

    /// <summary>
    /// 95 % interval of the difference over prompt groups (resampled, or the normal one beyond 50 000 groups); NaN with one group.
    /// </summary>
    public required Interval DifferenceInterval { get; init; }

    /// <summary>On strictly right answers. Takes pairs as independent.</summary>
    public required McNemar McNemar { get; init; }

    /// <summary>
    /// Paired permutation test of the difference, ties half: whole prompt groups change sign, so that pairs of one prompt are not taken as
    /// independent.
    /// </summary>
    public required TestResult Permutation { get; init; }

    /// <summary>Whether the interval over prompt groups leaves room for no difference: then neither model may be called better.</summary>
    public bool IsNoise => !(DifferenceInterval.Low > 0 || DifferenceInterval.High < 0);

    /// <summary>Compares two models' scores of the same pairs in the same order. Weights take no part.</summary>
    /// <exception cref="EvaluationException">There are no pairs, the lists hold different pairs, or a score is NaN or infinite.</exception>
    public static ModelComparison Of(
        IReadOnlyList<PairScore> first,
        IReadOnlyList<PairScore> second,
        long seed,
        int resampleCount = Resamples.DefaultCount
    )
    {
        if (first.Count == 0)
            throw new EvaluationException("there are no pairs to compare");
        if (first.Count != second.Count)
            throw new EvaluationException($"the models were scored on {first.Count} and {second.Count} pairs: score both on the same data");
        var groups = new PromptGroups();
        var (firstMargins, secondMargins, groupOf) = (new double[first.Count], new double[first.Count], new int[first.Count]);
        for (var i = 0; i < first.Count; i++)
        {
            if (first[i].Row != second[i].Row || first[i].Id != second[i].Id)
                throw new EvaluationException(
                    $"pair {i + 1} is {first[i].Name} for one model and {second[i].Name} for the other: score both on the same data, in the same order"
                );
            first[i].Check();
            second[i].Check();
            (firstMargins[i], secondMargins[i], groupOf[i]) = (first[i].Margin, second[i].Margin, groups.IndexOf(first[i].Group));
        }
        return Of(firstMargins, secondMargins, groupOf, groups.Count, seed, resampleCount);
    }

    /// <summary>The margins of both models, pair by pair, and the prompt group of each pair, 0..<paramref name="groupCount"/>−1.</summary>
    internal static ModelComparison Of(double[] first, double[] second, int[] groupOf, int groupCount, long seed, int resampleCount)
    {
        var (sums, counts) = (new double[groupCount], new double[groupCount]);
        long onlyFirst = 0,
            onlySecond = 0;
        double firstCredit = 0,
            secondCredit = 0;
        for (var i = 0; i < first.Length; i++)
        {
            if (first[i] > 0 && !(second[i] > 0))
                onlyFirst++;
            if (second[i] > 0 && !(first[i] > 0))
                onlySecond++;
            firstCredit += Credit(first[i]);
            secondCredit += Credit(second[i]);
            sums[groupOf[i]] += Credit(first[i]) - Credit(second[i]);
            counts[groupOf[i]]++;
        }
        var difference = (firstCredit - secondCredit) / first.Length;
        return new ModelComparison
        {
            Pairs = first.Length,
            FirstAccuracy = firstCredit / first.Length,
            SecondAccuracy = secondCredit / first.Length,
            DifferenceInterval = new GroupedRatio(sums, counts).Interval(seed, resampleCount),
            McNemar = new McNemar(onlyFirst, onlySecond),
            Permutation = new(difference, PairedPermutation.TwoSided(sums, seed).PValue),
        };
    }

    private static double Credit(double margin) =>
        margin > 0 ? 1
        : margin == 0 ? 0.5
        : 0;
}
