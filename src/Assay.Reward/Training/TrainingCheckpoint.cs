using System.Globalization;
using Assay.Data.Records;
using Assay.Models;
using Assay.Models.Checkpoints;
using Assay.Reward.Training.DataParallel;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training;

/// <summary>
/// A <c>checkpoint-N</c> folder: the model as it would be saved, <c>optimizer.safetensors</c> (AdamW's moments as <c>exp_avg.NAME</c> and
/// <c>exp_avg_sq.NAME</c>) and <see cref="TrainerState"/>. It is written under another name and moved, so a folder of that name is whole. A
/// run that goes on from it makes the same updates bit for bit as one that was never stopped: the order of rows follows from the step, and
/// nothing else is random.
/// </summary>
public sealed class TrainingCheckpoint
{
    private const string Prefix = "checkpoint-";
    private const string Unfinished = ".writing-";
    private const string OptimiserFile = "optimizer.safetensors";
    private const string FirstMoment = "exp_avg.";

    private readonly TrainerState state;

    private TrainingCheckpoint(string folder, TrainerState state)
    {
        Folder = folder;
        this.state = state;
        Step = state.GlobalStep;
    }

    public string Folder { get; }

    /// <summary>Updates made before it.</summary>
    public long Step { get; }

    /// <summary>It was written while that step was evaluated, so the run that goes on begins with the evaluation.</summary>
    internal bool OwesEvaluation => state.EvaluationPending;

    /// <summary>The newest complete checkpoint in a run's output folder, or null.</summary>
    public static TrainingCheckpoint? Newest(string outputFolder) =>
        All(outputFolder).LastOrDefault() is { Folder: { } folder } ? Open(folder) : null;

    /// <exception cref="RewardException">The folder is not such a checkpoint.</exception>
    public static TrainingCheckpoint Open(string folder)
    {
        var path = Path.Combine(folder, TrainerState.FileName);
        var state = RecordFile.Read<TrainerState>(path);
        RecordFile.Demand(path, state.Format, TrainerState.Kind);
        return new TrainingCheckpoint(folder, state);
    }

    /// <summary>Refuses to go on with other settings or other rows than the checkpoint's: the result would be neither run's.</summary>
    /// <exception cref="RewardException">Names the first setting that differs, or says that the rows do.</exception>
    public void RequireSameRun(TrainingSettings settings, string dataFingerprint)
    {
        foreach (var (name, was, now) in Setting.Differing(state.Settings, settings))
            throw new RewardException(
                $"{Folder}: was written with {name} {was}, now it is {now}: resume with the same settings, or train anew in another folder"
            );
        if (state.Data != dataFingerprint)
            throw new RewardException(
                $"{Folder}: was written from other pairs, in another order or as other tokens: resume with the same data, split and template, or train anew in another folder"
            );
    }

    /// <summary>Names of the tensors that were trained: those that have moments.</summary>
    internal IReadOnlySet<string> TrainedNames()
    {
        using var file = SafetensorsFile.Open(Path.Combine(Folder, OptimiserFile));
        return file
            .Tensors.Select(tensor => tensor.Name)
            .Where(name => name.StartsWith(FirstMoment, StringComparison.Ordinal))
            .Select(name => name[FirstMoment.Length..])
            .ToHashSet();
    }

    internal RunState Restore(IReadOnlyList<string> names, RankedAdamW optimiser)
    {
        var path = Path.Combine(Folder, OptimiserFile);
        using var file = SafetensorsFile.Open(path);
        var stored = file.Tensors.ToDictionary(t => t.Name);
        for (var i = 0; i < names.Count; i++)
        {
            if (!optimiser.Holds(i))
                continue;
            var (first, second) = optimiser.OwnMoments(i);
            using (first)
                Fill(first, FirstMoment + names[i]);
            using (second)
                Fill(second, "exp_avg_sq." + names[i]);
        }
        optimiser.StepCount = Step;
        // Libraries differ in the last bits: the run goes on with those it began with.
        if (state.Products is { } products && products != TorchRuntime.Products)
            TorchRuntime.Products = products;
        return new RunState
        {
            Step = Step,
            TokenCount = state.NumTokens,
            LossSum = state.LossSum,
            BatchTokens = state.BatchTokens,
            Best = BestEvaluation.Of(state.Best),
            Alarms = state.Alarms,
            EvaluatedAt = state.EvaluatedAt,
            IsEvaluationPending = state.EvaluationPending,
            Objective = state.Objective,
            Averages = LogAverages.Of(state.SinceLastLog),
        };

        void Fill(Tensor moment, string name)
        {
            if (!stored.TryGetValue(name, out var tensor))
                throw new RewardException($"{path}: no tensor {name}: this checkpoint is of another model");
            if (!tensor.Shape.SequenceEqual(moment.Shape))
                throw new RewardException(
                    $"{path}: {name} is [{string.Join(", ", tensor.Shape)}], wanted [{string.Join(", ", moment.Shape)}]"
                );
            var values = new float[tensor.ElementCount];
            file.ReadRows(tensor, 0, values);
            using var source = Tensor.From(values, moment.Shape);
            moment.CopyFrom(source);
        }
    }

    internal static string Write(
        string outputFolder,
        Action<string> saveModel,
        IReadOnlyList<string> names,
        RankedAdamW optimiser,
        RunState run,
        TrainingSettings settings,
        string dataFingerprint,
        TrainingPlan plan
    )
    {
        var name = NameOf(run.Step);
        var temporary = Path.Combine(outputFolder, Unfinished + name);
        try
        {
            foreach (var left in Directory.EnumerateDirectories(outputFolder, Unfinished + "*"))
                Directory.Delete(left, recursive: true);
            Directory.CreateDirectory(temporary);
            saveModel(temporary);
            using (var scope = new TensorScope())
            {
                var tensors = new List<TensorToWrite>();
                for (var i = 0; i < names.Count; i++)
                {
                    var (first, second) = optimiser.Moments(i);
                    tensors.Add(NetworkFolder.ToWrite(FirstMoment + names[i], first));
                    tensors.Add(NetworkFolder.ToWrite("exp_avg_sq." + names[i], second));
                }
                SafetensorsWriter.Write(Path.Combine(temporary, OptimiserFile), tensors);
            }
            RecordFile.Write(
                Path.Combine(temporary, TrainerState.FileName),
                new TrainerState
                {
                    Format = TrainerState.Kind,
                    GlobalStep = run.Step,
                    MaxSteps = plan.TotalUpdates,
                    Epoch = plan.EpochAfter(run.Step),
                    NumTokens = run.TokenCount,
                    LossSum = run.LossSum,
                    SinceLastLog = run.Averages.ToState(),
                    BatchTokens = run.BatchTokens,
                    Best = run.Best.ToState(),
                    Alarms = run.Alarms,
                    EvaluatedAt = run.EvaluatedAt,
                    EvaluationPending = run.IsEvaluationPending,
                    Objective = run.Objective,
                    Products = TorchRuntime.Products,
                    Data = dataFingerprint,
                    Settings = Setting
                        .Of(settings.Kind)
                        .Where(setting => setting.DecidesResult)
                        .ToDictionary(setting => setting.Name, setting => setting.ValueIn(settings)),
                }
            );
            var final = Path.Combine(outputFolder, name);
            if (Directory.Exists(final))
                Remove(final);
            Directory.Move(temporary, final);
            return final;
        }
        catch (Exception error)
        {
            // A full disk, say: what is half written only takes its room.
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            // The model itself is half of what the moments take.
            if (DiskRoom.IsOfDisk(error))
                throw NotWritten(outputFolder, name, names.Select((_, i) => optimiser.MomentBytes(i)).Sum() * 3 / 2, error);
            throw;
        }
    }

    /// <summary>Removes the older ones beyond the limit, but never the best.</summary>
    internal static void KeepNewest(string outputFolder, int? limit, long bestStep)
    {
        if (limit is not { } kept)
            return;
        foreach (var (folder, _) in All(outputFolder).Where(at => at.Step != bestStep).SkipLast(kept))
            Remove(folder);
    }

    /// <summary>Where the checkpoint of a step lies.</summary>
    internal static string FolderOf(string outputFolder, long step) => Path.Combine(outputFolder, NameOf(step));

    private static string NameOf(long step) => Prefix + step.ToString(CultureInfo.InvariantCulture);

    // A kill in the middle leaves nothing that looks whole.
    private static void Remove(string folder)
    {
        var leaving = Path.Combine(Path.GetDirectoryName(folder)!, $"{Unfinished}old-{Path.GetFileName(folder)}");
        if (Directory.Exists(leaving))
            Directory.Delete(leaving, recursive: true);
        Directory.Move(folder, leaving);
        Directory.Delete(leaving, recursive: true);
    }

    private static IOException NotWritten(string outputFolder, string name, long bytes, Exception error)
    {
        var whole = All(outputFolder).LastOrDefault().Folder is { } last
            ? $"{last} is whole: make room or allow writing, and go on from it with --resume"
            : "there is no earlier one: make room or allow writing, and begin again, or go on with --resume";
        return new IOException(
            $"{Path.Combine(outputFolder, name)} could not be written: {error.Message.TrimEnd('.')}. It takes about {DiskRoom.Text(bytes)}, and {DiskRoom.FreeText(outputFolder)} there; {whole}",
            error
        );
    }

    private static List<(string Folder, long Step)> All(string outputFolder)
    {
        if (!Directory.Exists(outputFolder))
            return [];
        return
        [
            .. Directory
                .EnumerateDirectories(outputFolder, Prefix + "*")
                .Select(folder =>
                    (
                        folder,
                        step: long.TryParse(
                            Path.GetFileName(folder)[Prefix.Length..],
                            NumberStyles.None,
                            CultureInfo.InvariantCulture,
                            out var step
                        )
                            ? step
                            : -1
                    )
                )
                .Where(x => x.step >= 0)
                .OrderBy(x => x.step),
        ];
    }
}
