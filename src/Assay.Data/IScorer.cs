namespace Assay.Data;

/// <summary>
/// Gives each conversation one raw score, or says why it has none. The lane that makes scores implements it, the lane that judges them
/// consumes it, and tests hand in a fake: nothing that judges needs a tensor.
/// </summary>
public interface IScorer
{
    /// <summary>
    /// An outcome for each of <paramref name="conversations"/>, in their order. One that is refused changes nothing for its neighbours.
    /// </summary>
    /// <exception cref="FormatException">The scorer itself failed: a server that cannot be reached, say.</exception>
    IReadOnlyList<ScoreOutcome> Score(IReadOnlyList<Conversation> conversations, CancellationToken cancellationToken = default);
}
