using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// <c>-w log sigmoid(chosen - rejected)</c>: a pair counts by how much better its chosen side was said to be, w = the row's preference
/// strength, else its margin, both without sign, else 1 (Wang et al. 2024, HelpSteer2-Preference, arXiv 2410.01257; NeMo-Aligner's
/// <c>scaled_bt</c>). The margin is not subtracted.
/// </summary>
public sealed record ScaledBradleyTerry : PairObjective
{
    /// <inheritdoc/>
    protected override (double Loss, double Slope) Of(EncodedPair pair, double difference)
    {
        var weight = StrengthOf(pair) ?? 1;
        return (weight * Logistic.Softplus(-difference), -weight * Logistic.Sigmoid(-difference));
    }

    /// <summary>The weight of a pair, or null where the row says nothing.</summary>
    internal static double? StrengthOf(EncodedPair pair) =>
        pair.Strength is { } strength ? Math.Abs(strength)
        : pair.Margin is { } margin ? Math.Abs((double)margin)
        : null;
}
