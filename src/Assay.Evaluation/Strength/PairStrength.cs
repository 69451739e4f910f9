using Assay.Ground.Numerics;

namespace Assay.Evaluation.Strength;

/// <summary>
/// How strongly models that did not see a pair hold with its label (Wang et al. 2024, Secrets of RLHF in Large Language Models Part II,
/// arXiv 2401.06080): the mean over models of chosen minus rejected score, and how far they are apart.
/// </summary>
/// <param name="Margins">Chosen minus rejected score, one a model.</param>
public sealed record PairStrength(IReadOnlyList<double> Margins)
{
    /// <summary>The prompt group, for intervals; null stands alone.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// Share of the votes on the pair that went to its preferred answer, a tie half, abstentions left out; null without a vote.
    /// </summary>
    public double? VoteShare { get; init; }

    /// <summary>Length of the preferred answer minus that of the other one, in any unit.</summary>
    public long LengthDifference { get; init; }

    /// <summary>Strength: above 0 the models hold with the label.</summary>
    public double Mean { get; } = Margins.Average();

    /// <summary>Population standard deviation over the models, as in the paper; 0 with one.</summary>
    public double Spread { get; } = Math.Sqrt(Moments.Central([.. Margins], 2));

    /// <summary>Share of the models that hold with the label, a tie half.</summary>
    public double Agreement => Margins.Average(Credit);

    internal static double Credit(double margin) =>
        margin > 0 ? 1
        : margin == 0 ? 0.5
        : 0;
}
