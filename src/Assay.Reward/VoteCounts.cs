namespace Assay.Reward;

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
