namespace Assay.Reward.Training;

/// <summary>What a micro-batch came to, and the figures TRL logs of it.</summary>
/// <param name="Rows">Indices of its pairs.</param>
/// <param name="Chosen">Scores of the chosen sides, in the order of <paramref name="Rows"/>.</param>
/// <param name="Rejected">Scores of the rejected sides.</param>
/// <param name="Loss">The objective's mean over the pairs.</param>
public sealed record BatchScores(IReadOnlyList<int> Rows, double[] Chosen, double[] Rejected, double Loss)
{
    public double MinReward => Math.Min(Chosen.Min(), Rejected.Min());

    public double MaxReward => Math.Max(Chosen.Max(), Rejected.Max());

    public double MeanReward => (Chosen.Sum() + Rejected.Sum()) / (2 * Chosen.Length);

    /// <summary>Mean of chosen minus rejected; a row's own margin has no part in it.</summary>
    public double Margin => Chosen.Zip(Rejected, (c, r) => c - r).Average();

    /// <summary>Share of pairs with chosen above rejected; a tie counts as wrong, as in TRL.</summary>
    public double Accuracy => (double)Wins / Chosen.Length;

    /// <summary>Pairs with chosen above rejected.</summary>
    public int Wins => Chosen.Zip(Rejected, (c, r) => c > r).Count(won => won);

    /// <summary>Pairs whose two scores are the same number.</summary>
    public int Ties => Chosen.Zip(Rejected, (c, r) => c == r).Count(tied => tied);
}
