using Assay.Data.Records;
using Assay.Ranks;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training;

/// <summary>
/// A training from files to a folder: how it begins, who trains together and who is told. What is read and trained, its kinds say.
/// </summary>
public abstract class FileRun
{
    /// <summary>Whether the output folder may hold a run already, which is then gone on with.</summary>
    public RunStart Start { get; set; }

    /// <summary>Whether it is only looked at: then nothing is written, and what would happen is returned instead of the summary.</summary>
    public Preview Preview { get; set; }

    /// <summary>For how many ranks a preview reckons.</summary>
    public int PreviewRanks { get; set; } = 1;

    /// <summary>Those that train together; by default one process. Each is given the same settings, and the first one writes.</summary>
    public Communicator Ranks { get; set; } = Communicator.Alone;

    public TrainingObserver Observer { get; set; } = TrainingObserver.None;

    /// <summary>Runs it.</summary>
    /// <returns>The closing summary; of a preview what was found.</returns>
    /// <exception cref="FormatException">Settings, data or checkpoint are wrong, or the run broke down; the message says where.</exception>
    /// <exception cref="IOException">A file is missing or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; a checkpoint is in the output folder if an update was made.</exception>
    public abstract RunOutcome Execute(CancellationToken stop = default);

    /// <summary>Every rank but the first trains here to the end and writes nothing; the first goes on, and null is returned.</summary>
    private protected RunOutcome? TrainedBeside(TrainingLoop trainer, string output, TrainingCheckpoint? checkpoint, CancellationToken stop)
    {
        trainer.DemandAlike(checkpoint);
        if (Ranks.IsFirst)
            return null;
        trainer.Run(output, checkpoint, stop);
        return new RunOutcome(null, null);
    }

    /// <summary>
    /// What a preview told; where that was asked for, also whether the first update's rows are learned by heart, and then the network is of
    /// no use afterwards.
    /// </summary>
    private protected DryRun WithOverfitBatch(
        DryRun told,
        TrainingSettings settings,
        TrainingLoop whole,
        Func<int[], TrainingSettings, TrainingObserver, TrainingLoop> trainer,
        CancellationToken stop,
        double unit = 1,
        string rows = "pairs"
    )
    {
        if (Preview != Preview.OverfitBatch)
            return told;
        Observer.Phase?.Invoke("learning the first batch");
        return told with { OverfitBatch = OverfitBatch.Run(settings, whole.Plan, trainer, stop, unit, rows) };
    }
}

/// <summary>What became of a run: it was trained, or only looked at.</summary>
/// <param name="Summary">Of a training.</param>
/// <param name="Looked">Of a preview.</param>
public sealed record RunOutcome(TrainingSummary? Summary, DryRun? Looked)
{
    public static implicit operator RunOutcome(TrainingSummary summary) => new(summary, null);

    public static implicit operator RunOutcome(DryRun looked) => new(null, looked);
}
