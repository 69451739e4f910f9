using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// Did the model learn the preference or the length? Accuracy by length, the length-matched subsets, how margins and lengths go together, and how well length alone
/// would do. Log ratios are ln(chosen/rejected) with an empty answer counted as length 1. Weights take no part. Keeps a few numbers per pair.
/// </summary>
public sealed record LengthAudit
{
    /// <summary>The limits of <see cref="Matched"/>: RM-Bench's authors and the mission's gate use the tight one, the wide one keeps more pairs.</summary>
    public static IReadOnlyList<double> MatchedLimits { get; } = [1.1, 1.25];

    /// <summary>Pairs with both lengths known; the others are left out.</summary>
    public required long Pairs { get; init; }

    public required long ChosenLonger { get; init; }

    public required long ChosenShorter { get; init; }

    public required long EqualLength { get; init; }

    /// <summary>Among pairs of unequal length, the share whose longer answer people preferred; NaN when all are equal.</summary>
    public required double LabelPrefersLonger { get; init; }

    /// <summary>Among <see cref="DecidedPairs"/>, the share whose longer answer the model scores higher. Well above <see cref="LabelPrefersLonger"/> is a length bias.</summary>
    public required double ModelPrefersLonger { get; init; }

    /// <summary>Pairs of unequal length and unequal scores.</summary>
    public required long DecidedPairs { get; init; }

    public required double AccuracyWhenChosenLonger { get; init; }

    public required double AccuracyWhenChosenShorter { get; init; }

    /// <summary>The one minus the other: how much length decides.</summary>
    public double AccuracyGap => AccuracyWhenChosenLonger - AccuracyWhenChosenShorter;

    /// <summary>Accuracy of "the longer answer wins", equal lengths half: what a model must beat.</summary>
    public required double LengthOnlyAccuracy { get; init; }

    public required double MeanDifference { get; init; }

    public required double MeanLogRatio { get; init; }

    /// <summary>Mean length difference over its standard deviation.</summary>
    public required double LengthEffectSize { get; init; }

    /// <summary>By chosen over rejected length, at <see cref="LengthRatio.Edges"/>.</summary>
    public required IReadOnlyList<LengthBucket> ByRatio { get; init; }

    /// <summary>By quartile of |difference|, right-closed.</summary>
    public required IReadOnlyList<LengthBucket> ByDifference { get; init; }

    /// <summary>The 25th, 50th and 75th percentile of |difference|.</summary>
    public required IReadOnlyList<double> DifferenceQuartiles { get; init; }

    /// <summary>At <see cref="MatchedLimits"/>.</summary>
    public required IReadOnlyList<LengthMatchedSubset> Matched { get; init; }

    /// <summary>Margins against log ratios; NaN when either does not vary.</summary>
    public required CorrelationResult Pearson { get; init; }

    public required CorrelationResult Spearman { get; init; }

    /// <summary>
    /// Preference on margin and log length ratio, both first minus second, without intercept (so that it does not matter which side is first). A length coefficient far from 0 beside the margin's
    /// means that length says something the score does not. Null when it cannot be fitted; <see cref="RegressionNote"/> says why.
    /// </summary>
    public required LogisticFit? ScoreAndLength { get; init; }

    /// <summary>Why there is no regression, or null.</summary>
    public required string? RegressionNote { get; init; }

    /// <summary>
    /// "Chosen is longer" against "the model is right", within each source (or all pairs as one): an odds ratio above 1 says the model is right more often when length agrees with the label.
    /// </summary>
    public required StratifiedTables LongerAgainstRight { get; init; }

    /// <summary>
    /// Whether plain accuracy may not be believed without a length-matched check: the preferred answer is always longer (or always shorter), or more often so than
    /// chance (95 % Wilson interval of <see cref="LabelPrefersLonger"/> without 1/2).
    /// </summary>
    public bool LengthMatchedCheckNeeded => IsCheckNeeded(ChosenLonger, ChosenShorter);

    internal static bool IsCheckNeeded(long longer, long shorter) => longer + shorter > 0 && (longer == 0 || shorter == 0 || !ProportionInterval.Wilson(longer, longer + shorter).Contains(0.5));

    /// <summary>Audits scored pairs.</summary>
    /// <exception cref="EvaluationException">No pair has both lengths, or a score is NaN or infinite.</exception>
    public static LengthAudit Of(IEnumerable<PairScore> pairs)
    {
        var rows = new List<Row>();
        foreach (var pair in pairs)
        {
            pair.Check();
            if (pair is { ChosenLength: { } chosen, RejectedLength: { } rejected }) rows.Add(new(pair.Margin, chosen, rejected, pair.Source ?? ""));
        }
        if (rows.Count == 0) throw new EvaluationException("no pair has the lengths of both answers: give chosen_length and rejected_length in the score file, or the data itself (--data)");
        Row[] longer = [.. rows.Where(row => row.Difference > 0)], shorter = [.. rows.Where(row => row.Difference < 0)], decided = [.. rows.Where(row => row.Difference != 0 && row.Margin != 0)];
        double[] margins = [.. rows.Select(row => row.Margin)], ratios = [.. rows.Select(row => row.LogRatio)], differences = [.. rows.Select(row => (double)row.Difference)];
        double[] sizes = Quantile.Sorted(differences.Select(Math.Abs)), quartiles = [.. new[] { 0.25, 0.5, 0.75 }.Select(p => Quantile.OfSorted(sizes, p))];
        var (fit, note) = Regress(rows);
        return new LengthAudit
        {
            Pairs = rows.Count,
            ChosenLonger = longer.Length,
            ChosenShorter = shorter.Length,
            EqualLength = rows.Count - longer.Length - shorter.Length,
            LabelPrefersLonger = (double)longer.Length / (longer.Length + shorter.Length),
            ModelPrefersLonger = Mean(decided, row => row.Margin > 0 == row.Difference > 0 ? 1 : 0),
            DecidedPairs = decided.Length,
            AccuracyWhenChosenLonger = Mean(longer, row => row.Credit),
            AccuracyWhenChosenShorter = Mean(shorter, row => row.Credit),
            LengthOnlyAccuracy = Mean(rows, row => row.Difference > 0 ? 1 : row.Difference == 0 ? 0.5 : 0),
            MeanDifference = Mean(rows, row => row.Difference),
            MeanLogRatio = Mean(rows, row => row.LogRatio),
            LengthEffectSize = EffectSize.PairedDz(differences),
            ByRatio = Buckets(rows, LengthRatio.BucketNames, row => LengthRatio.Bucket(row.Chosen, row.Rejected)),
            ByDifference = Buckets(rows, ["first quartile", "second quartile", "third quartile", "fourth quartile"], row => quartiles.Count(quartile => Math.Abs(row.Difference) > quartile)),
            DifferenceQuartiles = quartiles,
            Matched = [.. MatchedLimits.Select(limit => MatchedAt(rows, limit))],
            Pearson = rows.Count < 2 ? new(double.NaN, double.NaN) : Correlation.Pearson(margins, ratios),
            Spearman = rows.Count < 2 ? new(double.NaN, double.NaN) : Correlation.Spearman(margins, ratios),
            ScoreAndLength = fit,
            RegressionNote = note,
            LongerAgainstRight = new StratifiedTables([.. rows.GroupBy(row => row.Source).OrderBy(group => group.Key, StringComparer.Ordinal).Select(Table)]),
        };
    }

    private static LengthMatchedSubset MatchedAt(List<Row> rows, double limit)
    {
        Row[] matched = [.. rows.Where(row => LengthRatio.Symmetric(row.Chosen, row.Rejected) <= limit)];
        return new(limit, matched.Length, (double)matched.Length / rows.Count, Mean(matched, row => row.Credit), Mean(matched, row => row.Margin > 0 ? 1 : 0));
    }

    private static TwoByTwo Table(IEnumerable<Row> stratum)
    {
        double Count(bool isLonger, bool isRight) => stratum.Count(row => row.Difference != 0 && row.Difference > 0 == isLonger && row.Margin > 0 == isRight);
        return new(Count(true, true), Count(true, false), Count(false, true), Count(false, false));
    }

    private static (LogisticFit? Fit, string? Note) Regress(List<Row> rows)
    {
        // Every second pair is turned round, so that the base rate the fit is compared with is a coin's.
        double Side(int i) => i % 2 == 0 ? 1 : -1;
        try
        {
            return (LogisticRegression.Fit([.. rows.Select((_, i) => Side(i) > 0 ? 1.0 : 0)],
                new Column("margin", [.. rows.Select((row, i) => Side(i) * row.Margin)]), new Column("log_length_ratio", [.. rows.Select((row, i) => Side(i) * row.LogRatio)])), null);
        }
        catch (Exception refusal) when (refusal is EvaluationException or ArgumentException)
        {
            return (null, refusal.Message);
        }
    }

    private static IReadOnlyList<LengthBucket> Buckets(List<Row> rows, IReadOnlyList<string> names, Func<Row, int> bucketOf)
    {
        var (counts, credits, margins) = (new long[names.Count], new double[names.Count], new double[names.Count]);
        foreach (var row in rows)
        {
            var bucket = bucketOf(row);
            counts[bucket]++;
            credits[bucket] += row.Credit;
            margins[bucket] += row.Margin;
        }
        return [.. names.Select((name, i) => new LengthBucket(name, counts[i], credits[i] / counts[i], margins[i] / counts[i]))];
    }

    private static double Mean(IReadOnlyCollection<Row> rows, Func<Row, double> value) => rows.Count == 0 ? double.NaN : rows.Average(value);

    private readonly record struct Row(double Margin, long Chosen, long Rejected, string Source)
    {
        public long Difference => Chosen - Rejected;

        public double LogRatio => Math.Log((double)Math.Max(1, Chosen) / Math.Max(1, Rejected));

        public double Credit => Margin > 0 ? 1 : Margin == 0 ? 0.5 : 0;
    }
}
