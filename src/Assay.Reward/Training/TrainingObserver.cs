using Assay.Reward.Training.Memory;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Preflight;

namespace Assay.Reward.Training;

/// <summary>Whom a run tells what happens, on the training thread. Every part may be left out.</summary>
public sealed record TrainingObserver
{
    public static TrainingObserver None { get; } = new();

    /// <summary>Before the first update of a run that begins: what was looked at.</summary>
    public Action<Examination>? Examined { get; init; }

    /// <summary>Before the first update: the memory that the run will take.</summary>
    public Action<MemoryPlan>? Planned { get; init; }

    /// <summary>When an update's gradients are complete and not yet clipped: its step.</summary>
    public Action<long>? GradientsReady { get; init; }

    /// <summary>After every update.</summary>
    public Action<UpdateReport>? Updated { get; init; }

    /// <summary>After an evaluation: the step and the figures.</summary>
    public Action<long, EvaluationMetrics>? Evaluated { get; init; }

    /// <summary>After a checkpoint has its final name.</summary>
    public Action<string>? CheckpointWritten { get; init; }

    /// <summary>Something looks wrong with the run, though it goes on.</summary>
    public Action<string>? Alarm { get; init; }

    /// <summary>What another program has to be told of the model that was written.</summary>
    public Action<string>? Noted { get; init; }

    /// <summary>Which part of the work begins: reading, encoding, training, evaluating, saving.</summary>
    public Action<string>? Phase { get; init; }
}
