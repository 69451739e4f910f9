using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Data.Splits;
using Assay.Models;
using Assay.Reward.Training;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;
using Assay.Reward.Training.Steps;
using Assay.Torch;

namespace Assay.Reward.Process;

/// <summary>
/// <c>assay process train</c> from files to a folder: read the solutions, hold some prompts out, turn them into ids once, train, save, load
/// what was saved and compare. Beside the model lie <c>run.json</c>, <c>train_log.jsonl</c>, <c>split.json</c> and <c>quarantine.jsonl</c>.
/// </summary>
public sealed class ProcessRun(TrainingSettings settings, TimeProvider clock) : FileRun
{
    /// <inheritdoc/>
    public override RunOutcome Execute(CancellationToken stop = default)
    {
        settings.Checked();
        var (modelPath, output) = RunOpening.Demand(
            settings,
            Preview,
            "checkpoint",
            "solutions in steps",
            "solutions with eval_data or eval_split",
            takesSplit: false
        );
        var checkpoint = Preview == Preview.None ? RunFolder.FindCheckpoint(output, Start) : null;
        Ranks.Barrier(); // before the first one writes where others look
        var (rules, placement) = (
            new StepRules(settings.StepSeparator, settings.MaxLength, settings.MaxCompletionLength),
            new Placement { Device = Device.Find(settings.Device) }
        );

        Observer.Phase?.Invoke("loading the model");
        using var model = ProcessModel.LoadForTraining(
            checkpoint is null || settings.UsePeft ? modelPath : checkpoint.Folder,
            settings.Seed,
            rules,
            placement
        );
        if (checkpoint is null || settings.UsePeft)
        {
            model.Origin = model.Origin with { BaseModel = RunOpening.BaseModel(modelPath) };
            TrainedPart.Choose(model.Parts, settings);
        }
        if (checkpoint is not null && settings.UsePeft)
            TrainedPart.Restore(model.Parts, checkpoint.Folder);
        if (checkpoint is not null && settings.Freezes)
            model.Network.TrainOnly(checkpoint.TrainedNames());
        foreach (var warning in model.Warnings)
            Observer.Alarm?.Invoke(warning);

        Observer.Phase?.Invoke("reading solutions");
        var loader = new SolutionLoader(
            FieldMapping.Of(settings.Map, settings.Ignore),
            new Quarantine("solutions", settings.MaxErrors, Observer.Alarm)
        );
        var (train, heldOut) = loader.Read(settings, model.Encode);
        if (loader.LostLabels > 0)
            Observer.Alarm?.Invoke(
                $"{loader.LostLabels} labelled steps of {loader.CutSolutions} solutions lie beyond max_length {model.Rules.MaxLength?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "(none)"} or max_completion_length and are not trained on"
            );
        if (train.Count == 0 || (heldOut.Count == 0 && (settings.EvalData.Count > 0 || settings.EvalSplit is not null)))
            throw loader.NothingLeft(
                train.Count == 0 ? "train on" : "evaluate on, as was asked",
                settings,
                checkpoint is null && Preview == Preview.None ? output : null
            );
        ProcessTrainer trainer = new(model.Network, settings, train, heldOut, clock)
        {
            Observer = Observer,
            Ranks = Ranks,
            SaveModel = folder => model.Save(folder),
        };
        checkpoint?.RequireSameRun(settings, trainer.DataFingerprint());
        var examination = checkpoint is null ? trainer.Examine([loader.LabelTable(train)], output.Length > 0 ? output : null) : null;
        var data = loader.Record(settings, train, heldOut);
        if (Preview != Preview.None)
        {
            var told = DryRun.Of(
                loader.Rows,
                loader.SetAside,
                train.Count,
                heldOut.Count,
                trainer,
                model.Network,
                examination!,
                PreviewRanks
            );
            return WithOverfitBatch(
                told,
                settings,
                trainer,
                (rows, alone, observer) =>
                    new ProcessTrainer(model.Network, alone, [.. rows.Select(row => train[row])], [], clock) { Observer = observer },
                stop,
                rows: "solutions"
            );
        }
        if (TrainedBeside(trainer, output, checkpoint, stop) is { } beside)
            return beside;
        loader.SetAside.Write(output);
        loader.WriteSplit(Path.Combine(output, SplitFile.FileName));
        model.Origin = model.Origin with
        {
            Training = RunOpening.With(new TrainingOrigin { Method = "token classification of steps", Data = data }, settings, placement),
        };
        var run = RunOpening.Begin(output, model.Origin, model.Encoder.Fingerprint, model.Warnings);
        return new RunFolder(output, settings, clock, Observer).Train(
            trainer,
            model.Network,
            checkpoint,
            train.Count,
            run,
            data,
            model.Save,
            Reloaded,
            stop
        );

        string? Reloaded()
        {
            using var reloaded = ProcessModel.Load(output);
            return reloaded.Verification;
        }
    }
}
