using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// Did the model learn the preference or the length? Accuracy by length, the length-matched subsets, how margins and lengths go together,
/// and how well length alone would do. Log ratios are ln(chosen/rejected) with an empty answer counted as length 1. Weights take no part.
/// <see cref="LengthAccumulator"/> collects it.
/// </summary>
public sealed record LengthAudit
{
    /// <summary>
    /// The limits of <see cref="Matched"/>: RM-Bench's authors and the mission's gate use the tight one, the wide one keeps more pairs.
    /// </summary>
    public static IReadOnlyList<double> MatchedLimits { get; } = [1.1, 1.25];

    /// <summary>Pairs with both lengths known; the others are left out.</summary>
    public required long Pairs { get; init; }

    public required long ChosenLonger { get; init; }

    public required long ChosenShorter { get; init; }

    public required long EqualLength { get; init; }

    /// <summary>Among pairs of unequal length, the share whose longer answer people preferred; NaN when all are equal.</summary>
    public required double LabelPrefersLonger { get; init; }

    /// <summary>
    /// Among <see cref="DecidedPairs"/>, the share whose longer answer the model scores higher. Well above <see cref="LabelPrefersLonger"/>
    /// is a length bias.
    /// </summary>
    public required double ModelPrefersLonger { get; init; }

    /// <summary>Pairs of unequal length and unequal scores.</summary>
    public required long DecidedPairs { get; init; }

    public required double AccuracyWhenChosenLonger { get; init; }

    public required double AccuracyWhenChosenShorter { get; init; }

    /// <summary>
    /// The one minus the other: how much length decides. People's own taste for length is not in it, because each side is taken given what
    /// people preferred: a model that errs at random has 0 whatever they like.
    /// </summary>
    public double AccuracyGap => AccuracyWhenChosenLonger - AccuracyWhenChosenShorter;

    /// <summary>95 % interval of <see cref="AccuracyGap"/> (Newcombe's); NaN while one side has no pairs.</summary>
    public Interval AccuracyGapInterval => GapInterval(0.95);

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

    /// <summary>
    /// Margins against log ratios; NaN when either does not vary. Both being chosen minus rejected, this is the partial correlation of
    /// score and length given the label.
    /// </summary>
    public required CorrelationResult Pearson { get; init; }

    public required CorrelationResult Spearman { get; init; }

    /// <summary>
    /// Preference on margin and log length ratio, both first minus second, without intercept (so that it does not matter which side is
    /// first). A length coefficient far from 0 beside the margin's means that length says something the score does not. Null when it cannot
    /// be fitted; <see cref="RegressionNote"/> says why.
    /// </summary>
    public required LogisticFit? ScoreAndLength { get; init; }

    /// <summary>Why there is no regression, or null.</summary>
    public required string? RegressionNote { get; init; }

    /// <summary>
    /// "Chosen is longer" against "the model is right", within each source (or all pairs as one): an odds ratio above 1 says the model is
    /// right more often when length agrees with the label.
    /// </summary>
    public required StratifiedTables LongerAgainstRight { get; init; }

    /// <summary>
    /// Whether plain accuracy may not be believed without a length-matched check: the preferred answer is always longer (or always
    /// shorter), or more often so than chance (95 % Wilson interval of <see cref="LabelPrefersLonger"/> without 1/2).
    /// </summary>
    public bool LengthMatchedCheckNeeded => IsCheckNeeded(ChosenLonger, ChosenShorter);

    internal static bool IsCheckNeeded(long longer, long shorter) =>
        longer + shorter > 0 && (longer == 0 || shorter == 0 || !ProportionInterval.Wilson(longer, longer + shorter).Contains(0.5));

    internal Interval GapInterval(double level) =>
        ChosenLonger == 0 || ChosenShorter == 0
            ? new(double.NaN, double.NaN)
            : ProportionInterval.Difference(
                AccuracyWhenChosenLonger * ChosenLonger,
                ChosenLonger,
                AccuracyWhenChosenShorter * ChosenShorter,
                ChosenShorter,
                level
            );

    /// <summary>Audits scored pairs.</summary>
    /// <exception cref="EvaluationException">No pair has both lengths, or a score is NaN or infinite.</exception>
    public static LengthAudit Of(IEnumerable<PairScore> pairs)
    {
        var accumulator = new LengthAccumulator();
        foreach (var pair in pairs)
            accumulator.Add(pair);
        return accumulator.Audit();
    }
}

/// <summary>Pairs of one stretch of length ratio or length difference; accuracy counts ties half and is NaN without pairs.</summary>
public sealed record LengthBucket(string Name, long Pairs, double Accuracy, double MeanMargin)
{
    /// <summary>95 % Wilson interval of <see cref="Accuracy"/> (ties half); NaN without pairs.</summary>
    public Interval Interval => Pairs == 0 ? new(double.NaN, double.NaN) : ProportionInterval.Wilson(Accuracy * Pairs, Pairs);
}

/// <summary>
/// The pairs whose answers are about equally long (longer over shorter at most <paramref name="Limit"/>): what the model knows beyond
/// length shows here.
/// </summary>
public sealed record LengthMatchedSubset(double Limit, long Pairs, double Share, double Accuracy, double AccuracyTiesWrong)
{
    /// <summary>95 % Wilson interval of <see cref="Accuracy"/> (ties half); NaN without pairs.</summary>
    public Interval Interval => Pairs == 0 ? new(double.NaN, double.NaN) : ProportionInterval.Wilson(Accuracy * Pairs, Pairs);
}
