using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// The losses of direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290) as TRL's DPOTrainer has them (1.16), of d = (log
/// policy - log reference) of chosen minus that of rejected, in nats summed over the answer's tokens:
/// <list type="bullet">
/// <item><c>sigmoid</c>: <c>-log sigmoid(beta d)</c></item>
/// <item><c>hinge</c>: <c>max(0, 1 - beta d)</c> (SLiC, arXiv 2305.10425)</item>
/// <item><c>ipo</c>: <c>(d' - 1 / (2 beta))^2</c>, d' with each side divided by its tokens (arXiv 2310.12036)</item>
/// <item><c>robust</c>: <c>(-(1 - e) log sigmoid(beta d) + e log sigmoid(-beta d)) / (1 - 2e)</c> (arXiv 2403.00409)</item>
/// <item><c>cdpo</c>: <c>-(1 - e) log sigmoid(beta d) - e log sigmoid(-beta d)</c> (Mitchell 2023; OpenRLHF's label_smoothing, which TRL's
/// sigmoid ignores)</item>
/// </list>
/// </summary>
/// <param name="Name">One of <see cref="Names"/>.</param>
/// <param name="Beta">Above 0.</param>
/// <param name="Smoothing">e, 0 or more and below 1/2.</param>
public sealed record PolicyLoss(string Name, double Beta, double Smoothing = 0)
{
    public static IReadOnlyList<string> Names { get; } = ["sigmoid", "hinge", "ipo", "robust", "cdpo"];

    /// <summary>The loss of one pair, and its derivative by the log-ratio of chosen and of rejected.</summary>
    /// <param name="chosen">log policy - log reference of the chosen answer, summed over its tokens.</param>
    /// <param name="rejected">The same of the rejected one.</param>
    /// <param name="chosenTokens">Tokens of the chosen answer, at least 1.</param>
    /// <param name="rejectedTokens">Tokens of the rejected one.</param>
    public (double Loss, double Chosen, double Rejected) At(double chosen, double rejected, int chosenTokens, int rejectedTokens)
    {
        if (Name == "ipo")
        {
            var off = (chosen / chosenTokens) - (rejected / rejectedTokens) - (1 / (2 * Beta));
            return (off * off, 2 * off / chosenTokens, -2 * off / rejectedTokens);
        }
        var d = Beta * (chosen - rejected);
        var (loss, slope) = Name switch
        {
            "hinge" => d < 1 ? (1 - d, -1.0) : (0, 0),
            "robust" => (
                (((1 - Smoothing) * Logistic.Softplus(-d)) - (Smoothing * Logistic.Softplus(d))) / (1 - (2 * Smoothing)),
                (-((1 - Smoothing) * Logistic.Sigmoid(-d)) - (Smoothing * Logistic.Sigmoid(d))) / (1 - (2 * Smoothing))
            ),
            "cdpo" => new LabelSmoothing(Smoothing).At(d),
            "sigmoid" => new BradleyTerry().At(d),
            _ => throw new ArgumentOutOfRangeException(nameof(Name), Name, "no such loss"),
        };
        return (loss, Beta * slope, -Beta * slope);
    }
}
