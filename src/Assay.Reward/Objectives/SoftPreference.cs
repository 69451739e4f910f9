using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// <c>-p log sigmoid(d) - (1 - p) log sigmoid(-d)</c>, d = chosen - rejected - margin: Bradley-Terry against the share p of the row's votes
/// that went to chosen, a tie counting half, abstentions not at all (Bradley-Terry's likelihood of several comparisons of one pair, divided
/// by their number). Rows without votes have p = 1, ties p = 1/2.
/// </summary>
public sealed record SoftPreference : PairObjective
{
    /// <inheritdoc/>
    protected override (double Loss, double Slope) Of(EncodedPair pair, double difference)
    {
        var (share, d) = (pair.ChosenShare, difference - MarginOf(pair));
        return (
            (share * Logistic.Softplus(-d)) + ((1 - share) * Logistic.Softplus(d)),
            ((1 - share) * Logistic.Sigmoid(d)) - (share * Logistic.Sigmoid(-d))
        );
    }
}
