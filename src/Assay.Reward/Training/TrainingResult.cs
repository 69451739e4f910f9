using Assay.Data.Records;
using Assay.Reward.Training.Memory;
using Assay.Reward.Training.Pairs;

namespace Assay.Reward.Training;

/// <summary>What a run came to.</summary>
public sealed record TrainingResult
{
    public required long Steps { get; init; }

    public required double Epoch { get; init; }

    /// <summary>Mean of the updates' losses, over the whole run.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Real tokens of both sides over the whole run.</summary>
    public required long TokenCount { get; init; }

    /// <summary>Time of this process's part of the run, with evaluation and checkpoints.</summary>
    public required TimeSpan Runtime { get; init; }

    /// <summary>This process's updates and the time they took by themselves.</summary>
    public required (long Pairs, long Tokens, long Updates, TimeSpan Time) Trained { get; init; }

    /// <summary>How many processes trained together, and how long this one waited for the others in its updates; null for one.</summary>
    public (int Count, TimeSpan Waited)? Ranks { get; init; }

    /// <summary>What was predicted before the first update; null on a device whose memory is not known.</summary>
    public MemoryPlan? Memory { get; init; }

    /// <summary>Of the weights that the network has now.</summary>
    public EvaluationMetrics? Evaluation { get; init; }

    /// <summary>The best evaluation's step and metric, where one is told.</summary>
    public (long Step, double Metric)? Best { get; init; }

    /// <summary>Whether the run ended before its last update because nothing more was gained.</summary>
    public bool HasStoppedEarly { get; init; }

    /// <summary>
    /// transformers' closing figures (<c>train_runtime</c> and the <c>*_per_second</c> of it count evaluation and checkpoints; the
    /// reference's do too), and <c>train_pairs_per_second</c> and <c>train_tokens_per_second</c> over the updates alone: real tokens of
    /// both sides, also where a prefix is computed once.
    /// </summary>
    public Figures ToFigures()
    {
        double runtime = Math.Max(Runtime.TotalSeconds, 1e-9),
            training = Math.Max(Trained.Time.TotalSeconds, 1e-9);
        var figures = new Figures
        {
            { "train_runtime", Runtime.TotalSeconds },
            { "train_samples_per_second", Trained.Pairs / runtime },
            { "train_steps_per_second", Trained.Updates / runtime },
            { "train_loss", TrainLoss },
            { "epoch", Epoch },
            { "step", Steps },
            { "num_tokens", TokenCount },
            { "train_pairs_per_second", Trained.Pairs / training },
            { "train_tokens_per_second", Trained.Tokens / training },
        };
        if (Memory is { } memory)
        {
            figures.Add("predicted_peak_memory_bytes", memory.PeakBytes);
            figures.Add("batch_tokens", memory.BatchTokens);
        }
        if (Ranks is { } ranks)
        {
            figures.Add("ranks", ranks.Count);
            figures.Add("rank_wait_share", Math.Min(1, ranks.Waited / Trained.Time));
        }
        if (Best is { } best)
        {
            figures.Add("best_step", best.Step);
            figures.Add("best_metric", best.Metric);
        }
        if (Evaluation is { } held)
            figures.Add(held.ToFigures());
        return figures;
    }
}
