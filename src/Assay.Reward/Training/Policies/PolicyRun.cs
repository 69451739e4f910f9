using Assay.Data.Digests;
using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Data.Splits;
using Assay.Models;
using Assay.Models.Checkpoints;
using Assay.Ranks;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;
using Assay.Text.Tokenization;
using Assay.Torch;

namespace Assay.Reward.Training.Policies;

/// <summary>
/// <c>assay dpo</c> from files to a folder: read the pairs as <c>assay train</c> does, ask the frozen reference once for its
/// log-probabilities (kept as <c>reference_logps.json</c>, so that a resumed run needs no second model), train, save, load what was saved
/// and compare.
/// </summary>
public sealed class PolicyRun(TrainingSettings settings, TimeProvider clock) : FileRun
{
    /// <inheritdoc/>
    public override RunOutcome Execute(CancellationToken stop = default)
    {
        settings.Checked();
        var (modelPath, output) = RunOpening.Demand(
            settings,
            Preview,
            "language model",
            "preference pairs",
            "pairs with eval_data, eval_split or split",
            takesSplit: true
        );
        var checkpoint = Preview == Preview.None ? RunFolder.FindCheckpoint(output, Start) : null;
        Ranks.Barrier(); // before the first one writes where others look
        var placement = new Placement { Device = Device.Find(settings.Device) };

        Observer.Phase?.Invoke("loading the model");
        using var model = PolicyModel.Load(
            checkpoint is null || settings.UsePeft ? modelPath : checkpoint.Folder,
            checkpoint is null || settings.UsePeft ? settings.ChatTemplate : null,
            settings.SplitSpecialTokens ? SpecialTokenText.Plain : SpecialTokenText.Recognize,
            placement
        );
        if (checkpoint is null || settings.UsePeft)
        {
            model.Origin = model.Origin with { BaseModel = RunOpening.BaseModel(modelPath) };
            TrainedPart.Choose(model.Parts, settings);
        }
        if (checkpoint is not null && settings.Freezes)
            model.Network.TrainOnly(checkpoint.TrainedNames());
        foreach (var warning in model.Warnings)
            Observer.Alarm?.Invoke(warning);
        Observer.Phase?.Invoke("reading pairs");
        var loader = new PairLoader(
            FieldMapping.Of(settings.Map, settings.Ignore),
            setAside: new Quarantine("pairs", settings.MaxErrors, Observer.Alarm)
        );
        var held = HoldOut.Read(settings, loader, stop);
        held.DemandDisjoint(settings, Observer);
        Observer.Phase?.Invoke("encoding pairs");
        var bounded = new BoundedEncoder(model.Encoder, model.Network.Bounds, settings.MaxLength);
        var trainedOn = RowDigests.Of([]);
        var (train, heldOut) = (Encode(held.Train, digests => trainedOn = digests), Encode(held.HeldOut, _ => { }));
        var quarantine = checkpoint is null && Preview == Preview.None ? output : null;
        if (train.Count == 0)
            throw loader.NothingLeft("train on", settings.Data, quarantine);
        if (heldOut.Count == 0 && (settings.EvalData.Count > 0 || held.HeldOut.Count > 0))
            throw loader.NothingLeft(
                "evaluate on, as was asked",
                settings.EvalData.Count > 0 ? settings.EvalData : settings.Data,
                quarantine
            );

        var referencePath = settings.RefModel ?? modelPath;
        var trainer = new DpoTrainer(model.Network, settings, train, heldOut, clock, Refer)
        {
            Observer = Observer,
            Ranks = Ranks,
            SaveModel = folder => Save(folder),
        };
        checkpoint?.RequireSameRun(settings, trainer.DataFingerprint());
        if (checkpoint is not null && settings.UsePeft)
            TrainedPart.Restore(model.Parts, checkpoint.Folder);
        var examination = checkpoint is null
            ? trainer.Examine(TextChecks.Run(model.Encoder, held.Train, train, bounded.Encode), output.Length > 0 ? output : null)
            : null;
        if (Preview != Preview.None)
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
            // Beta scales the rewards, not what is learned: asked is whether the log-ratios come apart.
            return WithOverfitBatch(
                told,
                settings,
                trainer,
                (rows, alone, observer) =>
                    new DpoTrainer(model.Network, alone, [.. rows.Select(row => train[row])], [], clock, Refer) { Observer = observer },
                stop,
                settings.Beta
            );
        }
        if (TrainedBeside(trainer, output, checkpoint, stop) is { } beside)
            return beside;
        loader.SetAside.Write(output);
        held.Write(Path.Combine(output, SplitFile.FileName));
        var data = held.Record(settings, loader, train.Count, heldOut.Count, trainer.DataFingerprint());
        var training = new TrainingOrigin
        {
            Method = "direct preference optimisation",
            Reference = RunOpening.BaseModel(referencePath),
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
            Save,
            Reloaded,
            stop
        );

        // The rows go with every copy of the model, as a reward model's do: whoever judges it must know them.
        IReadOnlyList<string> Save(string folder)
        {
            var notes = model.Save(folder);
            TrainingRun
                .RowsOfBase(modelPath, trainedOn, ModelFingerprint.Of(folder))
                .Write(Path.Combine(folder, RowDigests.TrainingFileName));
            return notes;
        }

        List<EncodedPair> Encode(IReadOnlyList<LoadedPair> pairs, Action<RowDigests> keep)
        {
            var (encoded, loaded) = loader.EncodeKept(pairs, bounded.Encode, stop);
            keep(RowDigests.Of(loaded.AsParallel().Select(pair => RowDigest.Of(pair.Pair))));
            return
            [
                .. encoded.Select(
                    (pair, i) =>
                        pair with
                        {
                            PromptLength = Math.Min(
                                Length(loaded[i].Pair.Chosen, pair.Chosen, loaded[i]),
                                Length(loaded[i].Pair.Rejected, pair.Rejected, loaded[i])
                            ),
                        }
                ),
            ];

            int Length(Data.Conversation side, int[] ids, LoadedPair of) =>
                model.Encoder.PromptLength(side, ids, of.Pair.PromptMessageCount, of.Pair.PromptTextLength);
        }

        // The start is the reference unless another is named, and then no second model is loaded. A resumed run finds what was written;
        // without it, the reference is asked again.
        ReferenceLogProbabilities Refer(IReadOnlyList<EncodedPair> pairs, CancellationToken ended)
        {
            var key = $"{StoredWeights.Fingerprint(referencePath)} {Fingerprints.OfPairs(pairs)}";
            var stored = Ranks.IsFirst ? ReferenceLogProbabilities.Read(output, key) : null;
            if (Ranks.BroadcastAny(stored is null ? [] : [1]).Length > 0)
                return stored
                    ?? ReferenceLogProbabilities.Read(output, key)
                    ?? throw new RankFaultException(
                        $"{Ranks.NameOf(Ranks.Rank)} does not see {Path.Combine(output, ReferenceLogProbabilities.FileName)}: output_dir has to be a folder that all hosts share"
                    );
            var other =
                settings.RefModel is null && checkpoint is null
                    ? null
                    : PolicyModel.Load(referencePath, settings.ChatTemplate, placement: placement);
            try
            {
                if (other is not null && other.Network.VocabularySize != model.Network.VocabularySize)
                    throw new RewardException(
                        $"{referencePath}: the reference has {other.Network.VocabularySize} tokens, the policy {model.Network.VocabularySize}: their log-probabilities are of different texts. Name the model that the policy was made from"
                    );
                var found = ReferenceLogProbabilities.Of(
                    other?.Network ?? model.Network,
                    pairs,
                    settings.MaxBatchTokens,
                    ended,
                    ranks: Ranks
                );
                if (output.Length > 0 && Ranks.IsFirst && Preview == Preview.None)
                    found.Write(output, key);
                return found;
            }
            finally
            {
                other?.Dispose();
            }
        }

        string? Reloaded()
        {
            using var reloaded = PolicyModel.Load(output);
            return reloaded.Verification;
        }
    }
}
