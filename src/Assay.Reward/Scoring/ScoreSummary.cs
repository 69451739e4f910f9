namespace Assay.Reward.Scoring;

/// <summary>What a scoring run did.</summary>
/// <param name="Rows">Lines written.</param>
/// <param name="Failed">Lines with an <c>error</c> instead of a score.</param>
/// <param name="Resumed">Lines that an earlier, stopped run had written.</param>
public sealed record ScoreSummary(long Rows, long Failed, long Resumed)
{
    /// <summary>Rows of this run whose prompt and answer are texts that touch without a blank.</summary>
    public long JoinedTexts { get; init; }

    /// <summary>Rows of this run that are made of turns, which a chat template renders.</summary>
    public long Turned { get; init; }
}
