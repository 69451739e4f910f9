namespace Assay.Reward.Training.Memory;

/// <summary>What a run will take of the host's memory, as measured before its first step. In bytes.</summary>
public sealed record MemoryPlan
{
    /// <summary>What stays through the run: weights, gradients, optimiser state, and the process besides.</summary>
    public required long FixedBytes { get; init; }

    /// <summary>What each token of a part of a batch takes until its backward has run.</summary>
    public required double BytesPerToken { get; init; }

    /// <summary>Most tokens that go through the network at once, within <see cref="BatchTokens"/>.</summary>
    public required int LargestPart { get; init; }

    /// <summary>The token budget: <c>max_batch_tokens</c>, or less where that would not fit.</summary>
    public required int BatchTokens { get; init; }

    /// <summary>What the process may take in all.</summary>
    public required long LimitBytes { get; init; }

    /// <summary>The peak of the process's memory.</summary>
    public long PeakBytes => FixedBytes + (long)(BytesPerToken * LargestPart);
}
