using Assay.Data.Records;
using Assay.Ground.Numerics;
using Assay.Reward.Objectives;

namespace Assay.Reward.Training.Pairs;

/// <summary>
/// The hold-out's figures where ratings are trained on: the loss, how often the score orders two answers as their ratings do (over all
/// prompts), and of each rating how well its head follows it.
/// </summary>
public sealed record RatingEvaluation : EvaluationMetrics
{
    /// <summary>
    /// Of each rating by name Pearson's correlation with its head, over the rows that have it; null where either does not vary.
    /// </summary>
    public required IReadOnlyDictionary<string, double?> Correlations { get; init; }

    /// <summary>Of each rating by name the mean distance of its head from it, in its own unit.</summary>
    public required IReadOnlyDictionary<string, double?> Distances { get; init; }

    internal static RatingEvaluation Of(
        IReadOnlyList<string> names,
        IReadOnlyList<IReadOnlyList<double?>> ratings,
        double[][] heads,
        double[] scores,
        double?[] rated,
        double loss
    )
    {
        var (higher, lower) = RatingLoss.Orders(
            scores[..Math.Min(scores.Length, RatingTask.MostCompared)],
            rated[..Math.Min(rated.Length, RatingTask.MostCompared)]
        );
        var differences = higher.Zip(lower, (high, low) => high - low).ToArray();
        (double Head, double Rating)[][] known =
        [
            .. names.Select(
                (_, name) =>
                    ratings
                        .Select((of, row) => (Head: heads[row][name], Rating: of[name]))
                        .Where(pair => pair.Rating is not null)
                        .Select(pair => (pair.Head, pair.Rating!.Value))
                        .ToArray()
            ),
        ];
        return new RatingEvaluation
        {
            Pairs = scores.Length,
            Loss = loss,
            Accuracy = differences
                .Select(difference =>
                    difference > 0 ? 1
                    : difference == 0 ? 0.5
                    : 0
                )
                .DefaultIfEmpty(0.5)
                .Average(),
            Ties = differences.Count(difference => difference == 0),
            Margin = differences.DefaultIfEmpty(0).Average(),
            MinReward = scores.Min(),
            MeanReward = scores.Average(),
            MaxReward = scores.Max(),
            BatchMeans = new Dictionary<string, double>(),
            Correlations = names.Zip(known).ToDictionary(of => of.First, of => Correlation(of.Second)),
            Distances = names
                .Zip(known)
                .ToDictionary(
                    of => of.First,
                    of => of.Second.Length == 0 ? (double?)null : of.Second.Average(pair => Math.Abs(pair.Head - pair.Rating))
                ),
        };
    }

    private protected override string CountName => "eval_rows";

    /// <inheritdoc/>
    public override Figures ToFigures() =>
        new()
        {
            base.ToFigures(),
            Correlations.Select(one => KeyValuePair.Create($"eval_pearson_{one.Key}", one.Value)),
            Distances.Select(one => KeyValuePair.Create($"eval_mae_{one.Key}", one.Value)),
        };

    private static double? Correlation((double Head, double Rating)[] pairs) =>
        Moments.Correlation([.. pairs.Select(pair => pair.Head)], [.. pairs.Select(pair => pair.Rating)]) is var found
        && double.IsNaN(found)
            ? null
            : found;
}
