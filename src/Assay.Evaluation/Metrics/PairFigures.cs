using Assay.Ground.Numerics;

namespace Assay.Evaluation.Metrics;

/// <summary>
/// The figures of a set of scored pairs. Means are weighted by <see cref="PairScore.Weight"/>; counts are plain. A figure of nothing is NaN
/// (null in JSON).
/// </summary>
public record PairFigures
{
    /// <summary>Pairs judged.</summary>
    public long Pairs { get; init; }

    /// <summary>Pairs whose chosen score is higher.</summary>
    public long Wins { get; init; }

    /// <summary>Pairs with equal scores.</summary>
    public long Ties { get; init; }

    /// <summary>Pairs whose chosen score is lower.</summary>
    public long Losses { get; init; }

    /// <summary>Share of pairs the model orders as people did, a tie counting half.</summary>
    public double Accuracy { get; init; }

    /// <summary>
    /// Lower end of the 95 % Wilson interval of <see cref="Accuracy"/> over <see cref="EffectivePairs"/>. It takes pairs as independent.
    /// </summary>
    public double AccuracyLow { get; init; }

    /// <summary>Upper end of the interval.</summary>
    public double AccuracyHigh { get; init; }

    /// <summary>Accuracy with ties wrong.</summary>
    public double AccuracyTiesWrong { get; init; }

    /// <summary>Accuracy with ties right.</summary>
    public double AccuracyTiesRight { get; init; }

    /// <summary>Accuracy over the pairs without a tie.</summary>
    public double AccuracyTiesDropped { get; init; }

    /// <summary>Mean of −ln σ(margin), natural log, fp64: the Bradley-Terry loss without margin or centring terms.</summary>
    public double Loss { get; init; }

    /// <summary>Mean of chosen − rejected.</summary>
    public double MarginMean { get; init; }

    /// <summary>Population standard deviation of the margins.</summary>
    public double MarginStd { get; init; }

    /// <summary>Mean of all chosen and rejected scores together.</summary>
    public double RewardMean { get; init; }

    /// <summary>Population standard deviation of all chosen and rejected scores together.</summary>
    public double RewardStd { get; init; }

    /// <summary>Mean of the chosen scores.</summary>
    public double ChosenMean { get; init; }

    /// <summary>Mean of the rejected scores.</summary>
    public double RejectedMean { get; init; }

    /// <summary>Kish's effective number of pairs, (Σw)²/Σw²: the pairs when all weigh the same.</summary>
    public double EffectivePairs { get; init; }

    /// <summary>The accuracy under another tie policy.</summary>
    public double AccuracyWith(TiePolicy ties) =>
        ties switch
        {
            TiePolicy.Half => Accuracy,
            TiePolicy.Wrong => AccuracyTiesWrong,
            TiePolicy.Right => AccuracyTiesRight,
            TiePolicy.Dropped => AccuracyTiesDropped,
            _ => throw new ArgumentOutOfRangeException(nameof(ties), ties, null),
        };

    /// <summary>The 95 % Wilson interval of <see cref="Accuracy"/>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Interval AccuracyInterval => new(AccuracyLow, AccuracyHigh);
}

/// <summary>
/// What two equal scores count for. Benchmarks differ in it, and with coarse scores the difference is several points, so every accuracy
/// names its policy.
/// </summary>
public enum TiePolicy
{
    /// <summary>A tie is half right: what a fair coin would earn. The <c>accuracy</c> of this library.</summary>
    Half,

    /// <summary>A tie is wrong (RewardBench v1, RM-Bench, TRL).</summary>
    Wrong,

    /// <summary>A tie is right.</summary>
    Right,

    /// <summary>A tie is left out of numerator and denominator.</summary>
    Dropped,
}
