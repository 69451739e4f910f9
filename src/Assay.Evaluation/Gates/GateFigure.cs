using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Gates;

/// <summary>One figure of the evidence that a check compares with its limits.</summary>
/// <param name="Value">NaN when the evidence leaves it undefined.</param>
/// <param name="Place">The evidence file and the place in it: <c>eval.json: metrics.accuracy</c>.</param>
internal sealed record GateFigure(double Value, string Place)
{
    /// <summary>What the figure is of, where a check has several: a style feature, a benchmark. Null for the only one.</summary>
    public string? Part { get; init; }

    /// <summary>95 %; null compares the value as a point.</summary>
    public Interval? Interval { get; init; }

    /// <summary>Rows behind it; null when nobody said, and then no minimum is asked.</summary>
    public long? Count { get; init; }

    /// <summary>Whether people reviewed the labels; null when nobody said.</summary>
    public bool? HumanReviewed { get; init; }

    public IReadOnlyList<long> Rows { get; init; } = [];

    /// <summary>
    /// What it rests on, in place of its count, where one number would say something else: " of 22 probes with 29 to 79 answers each".
    /// </summary>
    public string? Basis { get; init; }

    /// <summary>Why the figure is none of what its check asks for, whatever its value; null when nothing speaks against it.</summary>
    public string? Refutation { get; init; }

    /// <summary>A clause put after the figure: which probes broke, what was left out.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// An accuracy with the wider of its intervals: pairs of one prompt are not independent, and resampled prompts have no width at 0 and
    /// 1. Weighted pairs count for as many as they are worth.
    /// </summary>
    public static GateFigure Accuracy(PairFigures figures, Interval? byPrompt, string place) =>
        new(figures.Accuracy, place)
        {
            Count = (long)Math.Floor(figures.EffectivePairs + 1e-6),
            Interval = Wider(figures.AccuracyInterval, byPrompt),
        };

    public static Interval Wider(Interval interval, Interval? other) =>
        other is { } by ? new(Math.Min(interval.Low, by.Low), Math.Max(interval.High, by.High)) : interval;

    /// <summary>A share with Wilson's interval, or as a point where the count is unknown or nothing was counted.</summary>
    public static GateFigure Share(double value, long? count, string place) =>
        new(value, place)
        {
            Count = count,
            Interval =
                count > 0 && value is >= 0 and <= 1
                    ? ProportionInterval.Wilson(Math.Min(count.Value, value * count.Value), count.Value)
                    : null,
        };
}
