namespace Assay.Reward.Scoring;

/// <summary>So much waits in a <see cref="ScoringQueue"/> that it takes no more. Ask again later.</summary>
/// <param name="retryAfter">About how long what waits will take.</param>
/// <param name="waiting">Sequences that wait.</param>
public sealed class QueueFullException(TimeSpan retryAfter, int waiting)
    : InvalidOperationException($"{waiting} sequences wait to be scored, and no more are taken; ask again later")
{
    /// <summary>About how long what waits will take, at the pace of the last batches.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
