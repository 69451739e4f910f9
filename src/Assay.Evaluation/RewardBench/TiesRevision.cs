namespace Assay.Evaluation.RewardBench;

/// <summary>
/// Which of the two published formulas of the Ties subset. They differ only in groups whose right answers all score alike.
/// </summary>
public enum TiesRevision
{
    /// <summary>The repository since 12 June 2025: such a group counts +1, −1 or 0 in the tie-break. The default.</summary>
    June12,

    /// <summary>Package 0.1.4, of 2 June 2025: such a group is left out of the tie-break.</summary>
    June2,
}
