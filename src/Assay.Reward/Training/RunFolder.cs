using Assay.Data.Records;
using Assay.Models;
using Assay.Reward.Training.Alarms;
using Assay.Reward.Training.Following;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training;

/// <summary>
/// The folder of a run: whether it may be written, the training itself with its states in <c>run.json</c>, saving and loading again what
/// was saved. The same for whatever is trained.
/// </summary>
/// <param name="output">The folder.</param>
/// <param name="settings">The run's.</param>
/// <param name="clock">Stamps the log.</param>
/// <param name="observer">Told of saving and checking.</param>
public sealed class RunFolder(string output, TrainingSettings settings, TimeProvider clock, TrainingObserver observer)
{
    /// <summary>Products measured before and after training: the best of both is the machine's speed.</summary>
    private const int GemmRepeats = 2;

    /// <summary>Whether a folder holds a run, finished or not.</summary>
    public static bool IsRun(string folder) =>
        File.Exists(Path.Combine(folder, RunRecord.FileName)) || TrainingCheckpoint.Newest(folder) is not null;

    /// <summary>
    /// The checkpoint to go on from; null where a run begins. A folder that holds a run is only written into when that was asked for.
    /// </summary>
    /// <exception cref="RewardException">The folder holds a run that was not to be resumed, none that was, or a finished one.</exception>
    internal static TrainingCheckpoint? FindCheckpoint(string output, RunStart start)
    {
        var newest = TrainingCheckpoint.Newest(output);
        if (start == RunStart.Fresh)
        {
            if (IsRun(output))
                throw new RewardException($"{output}: holds a run already: go on with it by --resume, or name another output_dir");
            return null;
        }
        if (!IsRun(output))
            throw new RewardException(
                $"{output}: there is no run to resume (no {RunRecord.FileName}); leave out --resume to begin one, or name the folder of the run"
            );
        if (RunRecord.In(output)?.State == RunRecord.Finished)
            throw new RewardException($"{output}: this run is finished, there is nothing to resume");
        return newest;
    }

    /// <summary>Trains, saves, loads what was saved and writes what became of it.</summary>
    /// <param name="trainer">What trains.</param>
    /// <param name="network">What is trained.</param>
    /// <param name="checkpoint">What to go on from, or null.</param>
    /// <param name="rows">Rows that are trained on.</param>
    /// <param name="run">The run's record; its state is kept here.</param>
    /// <param name="data">What the run read, for the summary.</param>
    /// <param name="save">Writes the model into a folder and says what was written otherwise than it was read.</param>
    /// <param name="reloaded">Loads it again and says what the check of its known answers found.</param>
    /// <param name="stop">Ends it after the update in progress.</param>
    /// <returns>The closing summary: transformers' names and ours.</returns>
    internal TrainingSummary Train(
        TrainingLoop trainer,
        RewardNetwork network,
        TrainingCheckpoint? checkpoint,
        int rows,
        RunRecord run,
        TrainingData data,
        Func<string, IReadOnlyList<string>> save,
        Func<string?> reloaded,
        CancellationToken stop
    )
    {
        var gemmBefore = TorchRuntime.MeasureGemm(repeats: GemmRepeats);
        TrainingResult result;
        try
        {
            result = trainer.Run(output, checkpoint, stop);
        }
        catch (Exception error)
            when (error is OperationCanceledException or RewardException or AlarmException or IOException or UnauthorizedAccessException)
        {
            Record(run, error);
            throw;
        }
        var gemm = Math.Max(gemmBefore, TorchRuntime.MeasureGemm(repeats: GemmRepeats));
        var (outside, trained) = (ModelSize.ParametersOutsideEmbeddings(network), ModelSize.TrainedParameters(network));
        var figures = new Figures
        {
            result.ToFigures(),
            { "train_pairs", rows },
            { "peak_memory_bytes", TorchRuntime.PeakMemoryBytes },
            { "parameters", ModelSize.Parameters(network) },
            { "parameters_outside_embeddings", outside },
            { "trained_parameters", trained },
            { "gemm_gflops", gemm },
        };
        if (trained == ModelSize.Parameters(network))
            figures.Add("gemm_share", ModelSize.GemmShare(outside, figures["train_tokens_per_second"]!.Value, gemm));
        var closing = new LogLine(figures) { StoppedEarly = result.HasStoppedEarly };
        using (var log = new TrainLog(new LogContext(output, settings, result.Steps, clock, observer.Alarm)))
        {
            log.Write(closing);
            log.End(RunEnd.Finished);
        }

        observer.Phase?.Invoke("saving");
        IReadOnlyList<string> notes;
        try
        {
            notes = save(output);
            foreach (var note in notes)
                observer.Noted?.Invoke(note);
        }
        catch (Exception error) when (DiskRoom.IsOfDisk(error))
        {
            Record(run, error);
            throw new IOException(
                $"{output}: the trained model could not be written: {error.Message.TrimEnd('.')}. {DiskRoom.FreeText(output)} there; make room or allow writing, and go on from the newest checkpoint with --resume",
                error
            );
        }
        observer.Phase?.Invoke("checking the saved model");
        var summary = new TrainingSummary(closing)
        {
            Notes = notes,
            Reload = reloaded(),
            OutputDir = output,
            Data = data,
        };
        (run with { State = RunRecord.Finished, Summary = summary }).Write(output);
        return summary;
    }

    // On a full disk the record may find no room either; the error that is on its way says more.
    private void Record(RunRecord run, Exception error)
    {
        try
        {
            (
                run with
                {
                    State = error is OperationCanceledException or AlarmException ? RunRecord.Stopped : RunRecord.Failed,
                    Error = error is OperationCanceledException ? null : error.Message,
                }
            ).Write(output);
        }
        catch (Exception second) when (error is not OperationCanceledException && DiskRoom.IsOfDisk(second)) { }
    }
}
