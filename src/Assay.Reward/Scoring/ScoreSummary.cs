namespace Assay.Reward.Scoring;

/// <summary>What a scoring run did.</summary>
/// <param name="Rows">Lines written.</param>
/// <param name="Failed">Lines with an <c>error</c> instead of a score.</param>
/// <param name="Resumed">Lines that an earlier, stopped run had written.</param>
/// <param name="FirstErrors">The first of those that this run wrote.</param>
public sealed record ScoreSummary(long Rows, long Failed, long Resumed, IReadOnlyList<ScoreError> FirstErrors)
{
    /// <summary>Rows of this run whose prompt and answer are texts that touch without a blank.</summary>
    public long JoinedTexts { get; init; }

    /// <summary>Rows of this run that are made of turns, which a chat template renders.</summary>
    public long Turned { get; init; }
}

/// <summary>A row without a score.</summary>
/// <param name="Row">Its line from 1.</param>
/// <param name="Error">Why.</param>
public sealed record ScoreError(long Row, string Error);
