namespace Assay.Reward.Training;

/// <summary>What one update did; handed out after it.</summary>
public sealed record UpdateReport
{
    /// <summary>Updates made, from 1.</summary>
    public required long Step { get; init; }

    public required long TotalSteps { get; init; }

    public required IReadOnlyList<BatchScores> MicroBatches { get; init; }

    /// <summary>Mean of the micro-batches' losses.</summary>
    public required double Loss { get; init; }

    /// <summary>L2 norm of all gradients before clipping.</summary>
    public required double GradNorm { get; init; }

    /// <summary>The rate this update used.</summary>
    public required double LearningRate { get; init; }

    public required double Epoch { get; init; }

    /// <summary>Real tokens of both sides so far, shared prompts counted twice.</summary>
    public required long TokenCount { get; init; }

    /// <summary>Whether a log line is written for this update (<c>logging_steps</c>).</summary>
    public required bool IsLogged { get; init; }

    /// <summary>Updates this process made.</summary>
    public required long UpdatesHere { get; init; }

    /// <summary>
    /// Pairs and real tokens of this process's updates, and the time they took: without evaluation, checkpoints and loading.
    /// </summary>
    public required (long Pairs, long Tokens, TimeSpan Time) Trained { get; init; }
}
