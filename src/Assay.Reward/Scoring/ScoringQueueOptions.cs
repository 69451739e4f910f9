namespace Assay.Reward.Scoring;

/// <summary>How a <see cref="ScoringQueue"/> makes batches, and how much may wait.</summary>
public sealed record ScoringQueueOptions
{
    /// <summary>Tokens that go through the network at once, a shared prefix counted once.</summary>
    public int BatchTokens { get; init; } = RewardModel.ScoringBatchTokens;

    /// <summary>
    /// How long the oldest request waits for company while the engine is idle. What arrives while it works waits for it anyway and goes
    /// together; then a batch that is not full is held back for a fiftieth of the last one's time, since those that were answered ask
    /// again. 0 waits for nobody.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Sequences that may wait; one request alone is always taken, however long its list.</summary>
    public int MaxWaiting { get; init; } = 16384;

    /// <summary>Whether neighbours may move a score by rounding.</summary>
    public BatchRounding Rounding { get; init; } = BatchRounding.Tolerated;
}

/// <summary>Whether a sequence's score may depend on what shares its batch.</summary>
public enum BatchRounding
{
    /// <summary>By rounding: matrix products of another size add in another order.</summary>
    Tolerated,

    /// <summary>Not in one bit: every sequence goes through the network alone, and no prefix is shared.</summary>
    Excluded,
}
