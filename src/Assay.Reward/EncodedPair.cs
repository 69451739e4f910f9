namespace Assay.Reward;

/// <summary>A preference pair as token ids, ready for a network, with what its row says of the preference.</summary>
/// <param name="Row">Line of the pair in its file, from 1, or its place in a list; messages name it.</param>
/// <param name="Chosen">Ids of the whole chosen conversation.</param>
/// <param name="Rejected">Ids of the whole rejected conversation.</param>
/// <param name="Margin">Subtracted inside the sigmoid, or null for none.</param>
public sealed record EncodedPair(long Row, int[] Chosen, int[] Rejected, float? Margin = null)
{
    /// <summary>Neither side was preferred. Which of them is called chosen then means nothing.</summary>
    public bool IsTie { get; init; }

    /// <summary>How much better chosen was said to be (HelpSteer's 1 to 3), or null where nobody said.</summary>
    public double? Strength { get; init; }

    /// <summary>The row's votes, or null where it has none.</summary>
    public VoteCounts? Votes { get; init; }

    /// <summary>The share of the votes for chosen, a tie counting half. Without votes 1, of a tie 1/2.</summary>
    public double ChosenShare => Votes is { Count: > 0 } votes ? (votes.Chosen + (votes.Tie / 2.0)) / votes.Count : IsTie ? 0.5 : 1;

    /// <summary>Real tokens of both sides, the shared prompt counted twice: what the reference counts.</summary>
    public int TokenCount => Chosen.Length + Rejected.Length;

    /// <summary>How many leading tokens both sides have in common.</summary>
    public int CommonPrefixLength => Chosen.AsSpan().CommonPrefixLength(Rejected);

    /// <summary>The longer side.</summary>
    public int LongestSide => Math.Max(Chosen.Length, Rejected.Length);
}
