using System.Collections.ObjectModel;

namespace Assay.Reward.Training;

/// <summary>What a micro-batch came to, and the figures TRL logs of it.</summary>
/// <param name="Rows">Indices of its pairs.</param>
/// <param name="Chosen">Scores of the chosen sides, in the order of <paramref name="Rows"/>.</param>
/// <param name="Rejected">Scores of the rejected sides.</param>
/// <param name="Loss">The objective's mean over the pairs.</param>
public sealed record BatchScores(IReadOnlyList<int> Rows, double[] Chosen, double[] Rejected, double Loss)
{
    /// <summary>What a task logs of it besides, by name: a policy's <c>logps/chosen</c>.</summary>
    public IReadOnlyDictionary<string, double> Further { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    public double MinReward => Math.Min(Chosen.Min(), Rejected.Min());

    public double MaxReward => Math.Max(Chosen.Max(), Rejected.Max());

    public double MeanReward => (Chosen.Sum() + Rejected.Sum()) / (2 * Chosen.Length);

    /// <summary>
    /// Of each pair whether its row prefers a side, or null where all do: rows that are ties have no part in margin and accuracy.
    /// </summary>
    public IReadOnlyList<bool>? Decided { get; init; }

    /// <summary>Mean of chosen minus rejected; a row's own margin has no part in it. 0 where all rows are ties.</summary>
    public double Margin => Differences.DefaultIfEmpty().Average();

    /// <summary>
    /// Share of pairs with chosen above rejected; equal scores count as wrong, as in TRL. One half where all rows are ties.
    /// </summary>
    public double Accuracy => Differences.Select(d => d > 0 ? 1.0 : 0).DefaultIfEmpty(0.5).Average();

    /// <summary>Pairs with chosen above rejected.</summary>
    public int Wins => Differences.Count(d => d > 0);

    /// <summary>Pairs whose two scores are the same number.</summary>
    public int Ties => Differences.Count(d => d == 0);

    private IEnumerable<double> Differences => Chosen.Zip(Rejected, (c, r) => c - r).Where((_, i) => Decided?[i] != false);
}
