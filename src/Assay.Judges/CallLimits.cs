namespace Assay.Judges;

/// <summary>How an endpoint is treated.</summary>
public sealed record CallLimits
{
    /// <summary>Calls under way at once, 1 or more.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>The most requests a minute, retries counted; null sets no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Further attempts after the first, of what may pass: 408, 429, 5xx, a timeout, a lost connection.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>
    /// The wait before the first further attempt; it doubles, with jitter, up to a minute. A <c>Retry-After</c> of the endpoint goes before
    /// it.
    /// </summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);
}
