namespace Assay.Data.Agreement;

/// <summary>What a pair's votes say it is good for. Written in snake_case.</summary>
public enum VoteStatus
{
    /// <summary>Agreed on well enough to train on.</summary>
    Train,

    /// <summary>
    /// Somebody should look: the votes are split, or more are against the label than for it. A label is never turned round.
    /// </summary>
    Review,

    /// <summary>Nobody chose a side: no votes, or ties and abstentions only.</summary>
    HoldOut,
}
