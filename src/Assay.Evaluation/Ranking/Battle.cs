namespace Assay.Evaluation.Ranking;

/// <summary>One comparison of two models, named by their indices from 0.</summary>
public readonly record struct Battle(int First, int Second, BattleOutcome Outcome)
{
    /// <summary>What the first model earned: 1, 1/2 or 0.</summary>
    public double FirstShare =>
        Outcome switch
        {
            BattleOutcome.First => 1,
            BattleOutcome.Tie => 0.5,
            _ => 0,
        };
}

/// <summary>How a comparison of two models' answers ended.</summary>
public enum BattleOutcome
{
    First,

    Second,

    Tie,
}
