using System.Text.Json.Nodes;

namespace Assay.Reward.Objectives;

/// <summary>
/// What a run makes small: a loss of the scores of a micro-batch's pairs, with its derivative by each score. It sees scores only, so it is computed in double
/// precision, whatever the network computes in. <see cref="ObjectiveKind.All"/> lists what there is.
/// </summary>
public interface IObjective
{
    /// <summary>The sum of the pairs' losses; a micro-batch's loss is their mean. A pair's loss needs no other pair's scores, so a micro-batch may come in parts.</summary>
    /// <param name="pairs">The pairs; at least one.</param>
    /// <param name="scores">Of each pair the scores of <see cref="EncodedPair.Sides"/> in turn, [sides].</param>
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
