namespace Assay.Reward.Ranking;

/// <summary>Which pairs of a prompt's answers are written.</summary>
public enum PairChoice
{
    /// <summary>The best and the worst.</summary>
    BestWorst,

    /// <summary>The best and each other one.</summary>
    BestRest,

    /// <summary>Every two.</summary>
    All,
}
