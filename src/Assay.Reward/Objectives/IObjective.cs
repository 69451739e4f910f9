using System.Text.Json.Nodes;

namespace Assay.Reward.Objectives;

/// <summary>
/// What a run makes small: a loss of the scores of a micro-batch's pairs, with its derivative by each score. It sees scores only, so it is computed in double
/// precision, whatever the network computes in. <see cref="ObjectiveKind.All"/> lists what there is.
/// </summary>
public interface IObjective
{
    /// <summary>
    /// How much each of the network's score rows counts in the score that is saved: one row of weight 1, or several. Where there are several, every sequence has that many
    /// scores in training.
    /// </summary>
    IReadOnlyList<double> HeadWeights => [1];

    /// <summary>Whether the loss is no sum over pairs, so that its derivative by one score needs all scores of the micro-batch.</summary>
    bool NeedsWholeBatch => false;

    /// <summary>
    /// The loss times the number of pairs: for most objectives the sum over pairs. A micro-batch's loss is that divided by its pairs; so a micro-batch may come in parts,
    /// unless <see cref="NeedsWholeBatch"/>.
    /// </summary>
    /// <param name="pairs">The pairs; at least one.</param>
    /// <param name="scores">Of each pair the scores of its sides in turn, [sides x heads].</param>
    /// <param name="gradient">Of the same shape; receives the derivative of what is returned by each score.</param>
    double Sum(IReadOnlyList<EncodedPair> pairs, IReadOnlyList<double[]> scores, IReadOnlyList<double[]> gradient);

    /// <summary>Called after each update with what it saw, where the objective has something of its own to learn.</summary>
    void Learn(IReadOnlyList<EncodedPair> pairs, IReadOnlyList<double[]> scores)
    {
    }

    /// <summary>What it has learned by <see cref="Learn"/>, for checkpoints; null where there is nothing.</summary>
    JsonObject? State
    {
        get => null;
        set { }
    }

    /// <summary>Its constants, given or estimated, and what it has learned, for the model's record.</summary>
    JsonObject ToJson();
}
