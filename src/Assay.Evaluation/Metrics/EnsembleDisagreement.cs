using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Metrics;

/// <summary>
/// What the disagreement of an ensemble's members is worth: whether the pairs on which they lie apart are those that it gets wrong. The
/// disagreement of a pair is <see cref="PairScore.MarginStd"/>.
/// </summary>
/// <param name="Pairs">Pairs that have one.</param>
/// <param name="MeanMarginStd">Its mean.</param>
/// <param name="ErrorAuc">The chance that a pair with the wrong order has more of it than one with the right order, 0..1; 0.5 where it says
/// nothing. Null where all orders are right, or all wrong; ties have no part.</param>
/// <param name="Thirds">The pairs in three parts of one size, by rising disagreement.</param>
public sealed record EnsembleDisagreement(long Pairs, double MeanMarginStd, double? ErrorAuc, IReadOnlyList<DisagreementThird> Thirds)
{
    private const int Parts = 3;

    /// <summary>Of the margins and their standard deviations; null where there are none.</summary>
    internal static EnsembleDisagreement? Of(IReadOnlyList<(double Margin, double Std)> pairs)
    {
        if (pairs.Count == 0)
            return null;
        (double Margin, double Std)[] ordered = [.. pairs.OrderBy(pair => pair.Std)];
        double[] wrong = [.. pairs.Where(pair => pair.Margin < 0).Select(pair => pair.Std)],
            right = [.. pairs.Where(pair => pair.Margin > 0).Select(pair => pair.Std)];
        return new(
            pairs.Count,
            Moments.Mean([.. pairs.Select(pair => pair.Std)]),
            wrong.Length > 0 && right.Length > 0 ? Auc.Of(wrong, right) : null,
            [
                .. Enumerable
                    .Range(0, Parts)
                    .Select(part => ordered[(part * ordered.Length / Parts)..((part + 1) * ordered.Length / Parts)])
                    .Where(part => part.Length > 0)
                    .Select(part =>
                    {
                        var credit = part.Sum(pair =>
                            pair.Margin > 0 ? 1
                            : pair.Margin == 0 ? 0.5
                            : 0
                        );
                        return new DisagreementThird(
                            part.Length,
                            part[0].Std,
                            part[^1].Std,
                            credit / part.Length,
                            ProportionInterval.Wilson(credit, part.Length)
                        );
                    }),
            ]
        );
    }
}

/// <summary>A third of the pairs.</summary>
/// <param name="Pairs">How many.</param>
/// <param name="From">Least standard deviation of the margin.</param>
/// <param name="To">Greatest.</param>
/// <param name="Accuracy">0..1, a tie counting half.</param>
/// <param name="AccuracyInterval">Wilson's, 95 %.</param>
public sealed record DisagreementThird(int Pairs, double From, double To, double Accuracy, Interval AccuracyInterval);
