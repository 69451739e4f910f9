using Assay.Models.Packing;

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
    public double ChosenShare =>
        Votes is { Count: > 0 } votes ? (votes.Chosen + (votes.Tie / 2.0)) / votes.Count
        : IsTie ? 0.5
        : 1;

    /// <summary>Leading tokens of both sides that are the prompt, for what reads the answers alone; 0 where nobody asked.</summary>
    public int PromptLength { get; init; }

    /// <summary>
    /// All answers of a row that ranks more than two, best first, where they are read as one list; chosen and rejected are then its ends.
    /// Null for a pair.
    /// </summary>
    public IReadOnlyList<int[]>? Ranked { get; init; }

    /// <summary>
    /// What people gave the one answer that this then is, by the names of the run's settings; null for a rating that the row has not, and
    /// for pairs.
    /// </summary>
    public IReadOnlyList<double?>? Ratings { get; init; }

    /// <summary>What goes through the network: the ranked answers, or chosen and rejected.</summary>
    public IReadOnlyList<int[]> Sides => Ranked ?? [Chosen, Rejected];

    /// <summary>Real tokens of all sides, the shared prompt counted once a side: what the reference counts.</summary>
    public int TokenCount => Ranked?.Sum(side => side.Length) ?? Chosen.Length + Rejected.Length;

    /// <summary>How many leading tokens all sides have in common.</summary>
    public int CommonPrefixLength =>
        Ranked?.Min(side => Chosen.AsSpan().CommonPrefixLength(side)) ?? Chosen.AsSpan().CommonPrefixLength(Rejected);

    /// <summary>Tokens as they go through a network: a common prefix once where it can be shared.</summary>
    public int PackedTokenCount(PackingRules rules) =>
        LongestSide <= rules.SharedPrefixLimit ? TokenCount - ((Sides.Count - 1) * CommonPrefixLength) : TokenCount;

    /// <summary>The longest side.</summary>
    public int LongestSide => Ranked?.Max(side => side.Length) ?? Math.Max(Chosen.Length, Rejected.Length);
}

/// <summary>How a row's annotators voted; who gave no answer is left out.</summary>
/// <param name="Chosen">For the chosen side.</param>
/// <param name="Rejected">For the other one.</param>
/// <param name="Tie">For neither.</param>
public readonly record struct VoteCounts(int Chosen, int Rejected, int Tie)
{
    /// <summary>Votes for one of the sides.</summary>
    public int Decided => Chosen + Rejected;

    /// <summary>Votes in all.</summary>
    public int Count => Decided + Tie;
}
