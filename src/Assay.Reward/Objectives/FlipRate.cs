namespace Assay.Reward.Objectives;

/// <summary>
/// How often a label is wrong, from how often voters disagree. Where each vote is wrong with probability q, independently, two votes on a
/// pair differ with probability D = 2q(1 - q); so q = (1 - sqrt(1 - 2D)) / 2, D being the differing share of all pairs of votes of one row.
/// A label that the majority of n votes made is wrong with the probability that more than half of them are (a draw counts half). Voters who
/// err alike are not seen by this: the rate is then too low.
/// </summary>
public static class FlipRate
{
    /// <summary>
    /// The mean over the pairs of the probability that their label is wrong. Pairs without votes count as labelled by one vote.
    /// </summary>
    /// <exception cref="RewardException">No pair has two votes, or they differ as often as a coin's.</exception>
    public static double FromVotes(IReadOnlyList<EncodedPair> pairs)
    {
        var (differing, all) = Disagreement(pairs);
        if (all == 0)
            throw new RewardException(
                "loss_type robust: no row has two votes to estimate the flip rate from: set label_smoothing to the share of labels that are wrong"
            );
        var disagreement = differing / all;
        if (disagreement >= 0.5)
            throw new RewardException(
                FormattableString.Invariant(
                    $"loss_type robust: two votes on a row differ in {disagreement:0.000} of all cases, as a coin's would: no flip rate follows from them. Set label_smoothing, or look at the votes"
                )
            );
        return Mean(pairs, disagreement);
    }

    /// <summary>As <see cref="FromVotes"/>; null where no rate follows from the votes.</summary>
    internal static double? Estimate(IReadOnlyList<EncodedPair> pairs) =>
        Disagreement(pairs) is var (differing, all) && all > 0 && differing < 0.5 * all ? Mean(pairs, differing / all) : null;

    private static double Mean(IReadOnlyList<EncodedPair> pairs, double disagreement)
    {
        var wrong = (1 - Math.Sqrt(1 - (2 * disagreement))) / 2;
        return pairs.Average(pair => MajorityIsWrong(Math.Max(1, pair.Votes?.Decided ?? 1), wrong));
    }

    // Differing and all pairs of two votes on one row.
    private static (double Differing, double All) Disagreement(IReadOnlyList<EncodedPair> pairs)
    {
        double differing = 0,
            all = 0;
        foreach (var pair in pairs)
        {
            if (pair.Votes is not { } votes)
                continue;
            differing += (double)votes.Chosen * votes.Rejected;
            all += votes.Decided * (votes.Decided - 1) / 2.0;
        }
        return (differing, all);
    }

    /// <summary>
    /// The probability that the majority of <paramref name="votes"/> votes is wrong where each is with probability
    /// <paramref name="wrong"/>.
    /// </summary>
    internal static double MajorityIsWrong(int votes, double wrong)
    {
        var (sum, term) = (0.0, Math.Pow(1 - wrong, votes)); // the probability of k wrong votes, from k = 0 on
        for (var k = 0; k <= votes; k++)
        {
            if (2 * k == votes)
                sum += term / 2;
            else if (2 * k > votes)
                sum += term;
            term *= wrong / (1 - wrong) * (votes - k) / (k + 1);
        }
        return sum;
    }
}
