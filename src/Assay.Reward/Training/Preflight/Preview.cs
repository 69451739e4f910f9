namespace Assay.Reward.Training.Preflight;

/// <summary>Whether a run is only looked at.</summary>
public enum Preview
{
    /// <summary>It runs.</summary>
    None,

    /// <summary>What it would do, take and cost, and what is wrong with it.</summary>
    DryRun,

    /// <summary>That, and whether the pairs of the first update can be learned by heart.</summary>
    OverfitBatch,
}
