using Assay.Data.Digests;
using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Data.Splits;
using Assay.Models;
using Assay.Models.Checkpoints;
using Assay.Models.Heads;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;
using Assay.Text.Tokenization;
using Assay.Torch;

namespace Assay.Reward.Training;

/// <summary>
/// <c>assay train</c> from files to a folder: read the pairs, hold some out, turn them into ids once, train, save, load what was saved and
/// compare. The folder is a Hugging Face sequence-classification checkpoint with <c>assay.json</c>, <c>run.json</c>,
/// <c>train_log.jsonl</c>, <c>split.json</c> and <c>quarantine.jsonl</c> beside it.
/// </summary>
public sealed class TrainingRun(TrainingSettings settings, TimeProvider clock) : FileRun
{
    /// <inheritdoc/>
    public override RunOutcome Execute(CancellationToken stop = default)
    {
        settings.Checked();
        var (modelPath, output) = RunOpening.Demand(
            settings,
            Preview,
            "checkpoint",
            "preference pairs",
            "pairs with eval_data, eval_split or split",
            takesSplit: true
        );
        if (Preview == Preview.None && settings.UsePeft && CheckpointFolder.HasWeights(output))
            throw new RewardException(
                $"{output}: holds a whole model's weights, beside which an adapter would not be read: name another output_dir"
            );
        var checkpoint = Preview == Preview.None ? RunFolder.FindCheckpoint(output, Start) : null;
        Ranks.Barrier(); // before the first one writes where others look
        var placement = PlacementOf(settings);

        Observer.Phase?.Invoke("loading the model");
        using var model =
            checkpoint is null || settings.UsePeft
                ? LoadStart(settings, modelPath, settings.Seed)
                : RewardModel.Load(checkpoint.Folder, placement: placement);
        if (checkpoint is null || settings.UsePeft)
            model.Origin = model.Origin with { BaseModel = RunOpening.BaseModel(modelPath) };
        if (checkpoint is not null && settings.UsePeft)
            TrainedPart.Restore(model, checkpoint.Folder);
        if (checkpoint is not null && settings.Freezes)
            model.Network.TrainOnly(checkpoint.TrainedNames());
        foreach (var warning in model.Warnings)
            Observer.Alarm?.Invoke(warning);
        Observer.Phase?.Invoke("reading pairs");
        var loader = new PairLoader(
            FieldMapping.Of(settings.Map, settings.Ignore),
            ObjectiveKind.Find(settings.LossType)!.TakesTies,
            new Quarantine("pairs", settings.MaxErrors, Observer.Alarm),
            settings.RegressionTargets
        );
        var held = HoldOut.Read(settings, loader, stop);
        held.DemandDisjoint(settings, Observer);
        Observer.Phase?.Invoke("encoding pairs");
        model.MaxLength = settings.MaxLength;
        var (train, trainProvenance, trainedOn) = loader.Encode(
            held.Train,
            model.Encode,
            stop,
            ObjectiveKind.Find(settings.LossType)!.IsListwise
        );
        var (heldOut, heldOutProvenance, _) = loader.Encode(loader.WithWinner(held.HeldOut), model.Encode, stop);
        if (train.Count == 0)
            throw NothingLeft("train on", settings.Data);
        if (
            heldOut.Count == 0
            && (
                settings.EvalData.Count > 0
                || settings.EvalSplit is not null
                || settings.EvalStrategy != "no"
                || settings.EvalOnStart
                || held.HeldOut.Count > 0
            )
        )
            throw NothingLeft("evaluate on, as was asked", settings.EvalData.Count > 0 ? settings.EvalData : settings.Data);

        RewardTrainer trainer = null!; // its own Save asks it
        trainer = new RewardTrainer(model.Network, settings, train, heldOut, clock)
        {
            Observer = Observer,
            Ranks = Ranks,
            SaveModel = folder => Save(folder),
            LabelCeiling = 1 - FlipRate.Estimate(train),
        };
        checkpoint?.RequireSameRun(settings, trainer.DataFingerprint());
        var examination = checkpoint is null
            ? trainer.Examine(TextChecks.Run(model.Encoder, held.Train, train, model.Encode), output.Length > 0 ? output : null)
            : null;
        if (Preview != Preview.None)
            return Previewed();
        if (TrainedBeside(trainer, output, checkpoint, stop) is { } beside)
            return beside;
        loader.SetAside.Write(output);
        held.Write(Path.Combine(output, SplitFile.FileName));
        var data = held.Record(settings, loader, train.Count, heldOut.Count, trainer.DataFingerprint()) with
        {
            SplitSha256 = InputFile.Sha256(Path.Combine(output, SplitFile.FileName)),
            Provenance = new DataProvenance(trainProvenance, heldOutProvenance),
        };
        var training = new TrainingOrigin
        {
            Method = ObjectiveKind.Find(settings.LossType)!.Method,
            Objective = trainer.ObjectiveRecord,
            Data = data,
        };
        model.Origin = model.Origin with { Training = RunOpening.With(training, settings, placement) };
        var run = RunOpening.Begin(output, model.Origin, model.Encoder.Fingerprint, model.Warnings);

        return new RunFolder(output, settings, clock, Observer).Train(
            trainer,
            model.Network,
            checkpoint,
            train.Count,
            run,
            data,
            SaveLast,
            Reloaded,
            stop
        );

        RewardException NothingLeft(string why, IReadOnlyList<string> files) =>
            loader.NothingLeft(why, files, checkpoint is null && Preview == Preview.None ? output : null);

        DryRun Previewed()
        {
            var told = DryRun.Of(
                loader.RowCount,
                loader.SetAside,
                train.Count,
                heldOut.Count,
                trainer,
                model.Network,
                examination!,
                PreviewRanks
            );
            if (Preview == Preview.OverfitBatch && ObjectiveKind.Find(settings.LossType)!.ReadsRatings)
                throw new RewardException(
                    "--overfit-batch asks whether pairs are won, and loss_type regression has none: look at --dry-run"
                );
            return WithOverfitBatch(
                told,
                settings,
                trainer,
                (rows, alone, observer) =>
                    new RewardTrainer(model.Network, alone, [.. rows.Select(row => train[row])], [], clock) { Observer = observer },
                stop
            );
        }

        // A length head has done its work.
        IReadOnlyList<string> SaveLast(string folder)
        {
            if (model.Network.Rows is { Purpose: HeadPurpose.RewardAndLength })
                model.Network.Collapse();
            return Save(folder);
        }

        string? Reloaded()
        {
            using var reloaded = RewardModel.Load(output);
            return reloaded.Verification;
        }

        // The rows go with every copy of the model, checkpoints too: whoever judges it must know them.
        IReadOnlyList<string> Save(string folder)
        {
            // with what it has learned by now
            model.Origin = model.Origin with
            {
                Training = model.Origin.Training! with { Objective = trainer.ObjectiveRecord },
            };
            var notes = model.Save(folder);
            RowsOfBase(modelPath, trainedOn, ModelFingerprint.Of(folder, model.Encoder))
                .Write(Path.Combine(folder, RowDigests.TrainingFileName));
            return notes;
        }
    }

    /// <summary>A reward model that is trained further has seen the rows of its first training too.</summary>
    internal static RowDigests RowsOfBase(string basePath, RowDigests trainedOn, string fingerprint)
    {
        var earlier = Path.Combine(CheckpointFolder.Of(basePath), RowDigests.TrainingFileName);
        return (File.Exists(earlier) ? RowDigests.Read(earlier) : RowDigests.Of([])).With(trainedOn, fingerprint);
    }

    /// <summary>The checkpoint that a run starts at, as its settings say; a head that it lacks is drawn with the seed.</summary>
    internal static RewardModel LoadStart(TrainingSettings settings, string path, long headSeed)
    {
        var model = RewardModel.LoadForTraining(
            path,
            headSeed,
            settings.ChatTemplate,
            settings.SplitSpecialTokens ? SpecialTokenText.Plain : SpecialTokenText.Recognize,
            PlacementOf(settings)
        );
        try
        {
            TrainedPart.Choose(model, settings);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    // In which type it computes, the trainer sets.
    private static Placement PlacementOf(TrainingSettings settings) => new() { Device = Device.Find(settings.Device) };
}
