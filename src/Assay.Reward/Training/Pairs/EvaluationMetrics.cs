using Assay.Data.Records;

namespace Assay.Reward.Training.Pairs;

/// <summary>
/// The hold-out's figures during training. Every one is over pairs, and ties count half in <see cref="Accuracy"/> and are counted; TRL's
/// own averages (means of batch means, ties wrong) stand beside them as <c>*_batch_mean</c>, because only they can be compared with its
/// log. The loss is the same in both.
/// </summary>
public record EvaluationMetrics
{
    public required int Pairs { get; init; }

    public required double Loss { get; init; }

    /// <summary>Share of pairs with chosen above rejected, a tie counting half.</summary>
    public required double Accuracy { get; init; }

    public required int Ties { get; init; }

    public required double Margin { get; init; }

    public required double MinReward { get; init; }

    public required double MeanReward { get; init; }

    public required double MaxReward { get; init; }

    /// <summary>
    /// TRL's averages by its names without the prefix: <c>accuracy</c>, <c>margin</c>, <c>min_reward</c>, <c>mean_reward</c>,
    /// <c>max_reward</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, double> BatchMeans { get; init; }

    /// <param name="chosen">Scores of the chosen sides in the order of the rows.</param>
    /// <param name="rejected">Scores of the rejected sides.</param>
    /// <param name="batchSize">Pairs in one of TRL's evaluation batches.</param>
    /// <param name="loss">The mean over the pairs of the loss trained with.</param>
    public static EvaluationMetrics Of(float[] chosen, float[] rejected, int batchSize, double loss)
    {
        var batches = new List<BatchScores>();
        for (var start = 0; start < chosen.Length; start += batchSize)
        {
            var end = Math.Min(start + batchSize, chosen.Length);
            batches.Add(
                new BatchScores(
                    [.. Enumerable.Range(start, end - start)],
                    Array.ConvertAll(chosen[start..end], x => (double)x),
                    Array.ConvertAll(rejected[start..end], x => (double)x),
                    0
                )
            );
        }
        var all = new BatchScores([], Array.ConvertAll(chosen, x => (double)x), Array.ConvertAll(rejected, x => (double)x), loss);
        return new EvaluationMetrics
        {
            Pairs = chosen.Length,
            Loss = all.Loss,
            Accuracy = (all.Wins + 0.5 * all.Ties) / chosen.Length,
            Ties = all.Ties,
            Margin = all.Margin,
            MinReward = all.MinReward,
            MeanReward = all.MeanReward,
            MaxReward = all.MaxReward,
            BatchMeans = new Dictionary<string, double>
            {
                ["accuracy"] = batches.Average(b => b.Accuracy),
                ["margin"] = batches.Average(b => b.Margin),
                ["min_reward"] = batches.Average(b => b.MinReward),
                ["mean_reward"] = batches.Average(b => b.MeanReward),
                ["max_reward"] = batches.Average(b => b.MaxReward),
            },
        };
    }

    /// <summary>One of the figures by which the best evaluation is told.</summary>
    internal double Of(string metric) =>
        metric switch
        {
            "loss" => Loss,
            "accuracy" => Accuracy,
            "margin" => Margin,
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "no such metric"),
        };

    /// <summary>Under which name <see cref="Pairs"/> is written.</summary>
    private protected virtual string CountName => "eval_pairs";

    /// <summary>The figures under TRL's names (<c>eval_loss</c>, <c>eval_accuracy</c>, …) with ours beside them.</summary>
    public virtual Figures ToFigures() =>
        new()
        {
            { "eval_loss", Loss },
            { "eval_accuracy", Accuracy },
            { "eval_ties", Ties },
            { "eval_margin", Margin },
            { "eval_min_reward", MinReward },
            { "eval_mean_reward", MeanReward },
            { "eval_max_reward", MaxReward },
            { CountName, Pairs },
            BatchMeans.Select(mean => KeyValuePair.Create($"eval_{mean.Key}_batch_mean", (double?)mean.Value)),
        };
}
