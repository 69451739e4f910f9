using Assay.Data.Records;

namespace Assay.Reward.Objectives;

/// <summary>
/// What a run makes small: a loss of the scores of a micro-batch's pairs, with its derivative by each score. It sees scores only, so it is
/// computed in double precision, whatever the network computes in. <see cref="ObjectiveKind.All"/> lists what there is.
/// </summary>
public interface IObjective
{
    /// <summary>
    /// The sum of the pairs' losses; a micro-batch's loss is their mean. A pair's loss needs no other pair's scores, so a micro-batch may
    /// come in parts.
    /// </summary>
    /// <param name="pairs">The pairs; at least one.</param>
    /// <param name="scores">Of each pair the scores of <see cref="EncodedPair.Sides"/> in turn, [sides].</param>
    /// <param name="gradient">Of the same shape; receives the derivative of what is returned by each score.</param>
    double Sum(IReadOnlyList<EncodedPair> pairs, IReadOnlyList<double[]> scores, IReadOnlyList<double[]> gradient);

    /// <summary>Called after each update with what it saw, where the objective has something of its own to learn.</summary>
    void Learn(IReadOnlyList<EncodedPair> pairs, IReadOnlyList<double[]> scores) { }

    /// <summary>What it has learned by <see cref="Learn"/>, for checkpoints; null where there is nothing.</summary>
    ObjectiveState? State
    {
        get => null;
        set { }
    }

    /// <summary>The record with this objective's constants, given or estimated, and what it has learned.</summary>
    ObjectiveRecord Told(ObjectiveRecord record);
}

/// <summary>What an objective has learned of itself.</summary>
/// <param name="Coefficient">Its constant.</param>
/// <param name="Curvature">How sure of it the rows seen make it.</param>
public sealed record ObjectiveState(double Coefficient, double Curvature);
