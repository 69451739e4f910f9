using Assay.Reward.Objectives;

namespace Assay.Reward.Training;

/// <summary>What a run carries from update to update besides weights and moments: all that a checkpoint needs to go on exactly.</summary>
internal sealed class RunState
{
    /// <summary>Updates made; the order of the rows follows from it.</summary>
    public long Step { get; set; }

    /// <summary>Real tokens of both sides so far.</summary>
    public long TokenCount { get; set; }

    /// <summary>Sum of the updates' losses, for the run's mean.</summary>
    public double LossSum { get; set; }

    /// <summary>
    /// Most tokens that went through the network at once: other cuts of a batch add in another order, so a run keeps to the first.
    /// 0: not decided yet.
    /// </summary>
    public int BatchTokens { get; set; }

    /// <summary>The best evaluation so far.</summary>
    public BestEvaluation Best { get; init; } = new();

    /// <summary>Updates made when the held-out pairs were last evaluated; -1 before any evaluation.</summary>
    public long EvaluatedAt { get; set; } = -1;

    /// <summary>Whether the evaluation of this step was due and cut short by a stop.</summary>
    public bool IsEvaluationPending { get; set; }

    /// <summary>What the objective has learned, or null where it learns nothing.</summary>
    public ObjectiveState? Objective { get; set; }

    /// <summary>What the alarms remember, as of the last checkpoint.</summary>
    public IReadOnlyDictionary<string, TrainerState.AlarmMemory>? Alarms { get; set; }

    /// <summary>What has gathered since the last log line.</summary>
    public LogAverages Averages { get; init; } = new();
}
