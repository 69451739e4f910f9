namespace Assay.Data.Agreement;

/// <summary>Votes on one pair as a share and a status.</summary>
/// <param name="Votes">All votes, ties and abstentions included.</param>
/// <param name="Share">Of those the share that went to chosen, 0..1; NaN without votes.</param>
/// <param name="Status">What follows.</param>
public readonly record struct VoteShare(int Votes, double Share, VoteStatus Status)
{
    /// <summary>The least share of votes for chosen that trains without a look: 1 of 1, 3 of 3 and 4 of 5 do, 2 of 3 does not.</summary>
    public const double DefaultTrainShare = 0.75;

    /// <summary>The share and the status of these votes.</summary>
    public static VoteShare Of(IEnumerable<Vote> votes, double trainShare = DefaultTrainShare)
    {
        int chosen = 0,
            rejected = 0,
            all = 0;
        foreach (var vote in votes)
        {
            all++;
            if (vote == Vote.Chosen)
                chosen++;
            else if (vote == Vote.Rejected)
                rejected++;
        }
        return Of(chosen, rejected, all, trainShare);
    }

    /// <summary>The same from counts.</summary>
    /// <param name="chosen">Votes for chosen.</param>
    /// <param name="rejected">Votes for rejected.</param>
    /// <param name="all">All votes, ties and abstentions included.</param>
    /// <param name="trainShare">The least share that trains.</param>
    public static VoteShare Of(int chosen, int rejected, int all, double trainShare = DefaultTrainShare)
    {
        var share = all == 0 ? double.NaN : (double)chosen / all;
        var status =
            chosen + rejected == 0 ? VoteStatus.HoldOut
            : share >= trainShare ? VoteStatus.Train
            : VoteStatus.Review;
        return new(all, share, status);
    }
}

/// <summary>What a pair's votes say it is good for. Written in snake_case.</summary>
public enum VoteStatus
{
    /// <summary>Agreed on well enough to train on.</summary>
    Train,

    /// <summary>
    /// Somebody should look: the votes are split, or more are against the label than for it. A label is never turned round.
    /// </summary>
    Review,

    /// <summary>Nobody chose a side: no votes, or ties and abstentions only.</summary>
    HoldOut,
}
