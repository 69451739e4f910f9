using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// One style feature against labels and scores. "More" is the answer with the higher count. A model that is right where people preferred
/// more and wrong where they preferred less pays for it.
/// </summary>
public sealed record StyleFeatureAudit
{
    public required string Feature { get; init; }

    /// <summary>Pairs whose answers differ in it.</summary>
    public required long UnequalPairs { get; init; }

    /// <summary>Among them, those in which people preferred more.</summary>
    public long MorePairs { get; init; }

    /// <summary>Among them, the share in which people preferred more.</summary>
    public required double LabelPrefersMore { get; init; }

    /// <summary>Among those with unequal scores, the share in which the model scores more higher.</summary>
    public required double ModelPrefersMore { get; init; }

    /// <summary>
    /// The one minus the other. A model that errs at random is drawn towards a half and so has an excess wherever people's taste is not
    /// even: what a model pays is told by <see cref="AccuracyGap"/>.
    /// </summary>
    public double Excess => ModelPrefersMore - LabelPrefersMore;

    /// <summary>Ties half; NaN without such pairs.</summary>
    public required double AccuracyWhenChosenHasMore { get; init; }

    public required double AccuracyWhenChosenHasLess { get; init; }

    /// <summary>95 % Wilson interval of <see cref="AccuracyWhenChosenHasLess"/>: the side on which a bias shows.</summary>
    public required Interval IntervalWhenChosenHasLess { get; init; }

    /// <summary>
    /// Accuracy where people preferred more minus where they preferred less: what the model pays for the feature beyond people's taste
    /// (below 0: marks down). A model that errs at random has 0 whatever people like.
    /// </summary>
    public double AccuracyGap => AccuracyWhenChosenHasMore - AccuracyWhenChosenHasLess;

    /// <summary>95 % interval of <see cref="AccuracyGap"/> (Newcombe's); NaN while one side has no pairs.</summary>
    public Interval AccuracyGapInterval => GapInterval(0.95);

    /// <summary>
    /// Spearman's, of margins and differences; both being chosen minus rejected, it is the partial correlation of score and feature given
    /// the label.
    /// </summary>
    public required CorrelationResult WithMargin { get; init; }

    /// <summary>The same after the length difference; null for length itself, and where nothing is left to correlate.</summary>
    public required CorrelationResult? WithMarginGivenLength { get; init; }

    /// <summary>
    /// The same after every other feature that varies; for length itself, what it is worth once markup, tone and so on are taken out. Null
    /// where features determine each other.
    /// </summary>
    public CorrelationResult? WithMarginGivenOthers { get; init; }

    internal Interval GapInterval(double level)
    {
        long more = MorePairs,
            less = UnequalPairs - MorePairs;
        return more == 0 || less == 0
            ? new(double.NaN, double.NaN)
            : ProportionInterval.Difference(AccuracyWhenChosenHasMore * more, more, AccuracyWhenChosenHasLess * less, less, level);
    }
}
