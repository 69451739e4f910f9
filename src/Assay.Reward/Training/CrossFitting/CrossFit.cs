using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Data.Splits;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.CrossFitting;

/// <summary>
/// Trains an ensemble none of whose models judges a pair that it was trained on: for each seed the prompts are dealt into folds, and for
/// each fold a model is trained on the others and scores this one. Every pair so gets one score a seed. Each model starts at the given
/// checkpoint and is thrown away; its scores stay, so that a stopped run goes on with the next model.
/// </summary>
/// <param name="settings">As for <c>assay train</c>; nothing is held out besides the folds, and no checkpoint is written.</param>
/// <param name="folds">2 or more.</param>
/// <param name="seeds">1 or more; seed, seed + 1, …</param>
/// <param name="clock">Measures the runs.</param>
public sealed class CrossFit(TrainingSettings settings, int folds, int seeds, TimeProvider clock)
{
    private readonly TrainingSettings _settings = settings with
    {
        EvalData = [],
        EvalSplit = null,
        Split = null,
        EvalStrategy = "no",
        EvalOnStart = false,
        SaveStrategy = "no",
    };

    /// <summary>Whether the folder may hold a run already, which is then gone on with.</summary>
    public RunStart Start { get; init; }

    /// <summary>Told of every update of the model being trained: its number from 1, and the update.</summary>
    public Action<int, UpdateReport>? Updated { get; init; }

    /// <summary>Told when a model has scored its fold, or its scores were found.</summary>
    public Action<CrossFitMember>? Finished { get; init; }

    public TrainingObserver Observer { get; init; } = TrainingObserver.None;

    /// <summary>Trains what is not yet there.</summary>
    /// <param name="folder">Where the scores of each model, the record and the quarantine go.</param>
    /// <param name="stop">Ends the run; what the finished models said stays.</param>
    /// <exception cref="FormatException">Settings, data or checkpoint are wrong, there are too few prompts, or the folder holds another
    /// run.</exception>
    /// <exception cref="IOException">A file is missing or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public CrossFitResult Execute(string folder, CancellationToken stop = default)
    {
        if (folds < 2)
            throw new RewardException($"folds is {folds}; wanted 2 or more: a pair is judged by models of the other folds");
        if (seeds < 1)
            throw new RewardException($"seeds is {seeds}; wanted 1 or more");
        _settings.Checked();
        var modelPath = _settings.Model ?? throw new RewardException("model is not set: name the checkpoint to start from");
        if (_settings.Data.Count == 0)
            throw new RewardException("data is not set: name one or more files of preference pairs");
        var recordPath = Path.Combine(folder, CrossFitRecord.FileName);
        if (Start == RunStart.Fresh && File.Exists(recordPath))
            throw new RewardException($"{folder}: holds a run already: go on with it by --resume, or name another output_dir");
        if (Start == RunStart.Resume && !File.Exists(recordPath))
            throw new RewardException($"{folder}: holds no run to go on with; leave --resume out");

        var loader = new PairLoader(
            FieldMapping.Of(_settings.Map, _settings.Ignore),
            setAside: new Quarantine("pairs", _settings.MaxErrors, Observer.Alarm)
        );
        Observer.Phase?.Invoke("reading pairs");
        var loaded = _settings.Data.SelectMany(path => loader.Read(path, null, stop)).ToList();
        Observer.Phase?.Invoke("encoding pairs");
        List<EncodedPair> encoded;
        List<LoadedPair> pairs;
        using (var model = TrainingRun.LoadStart(_settings, modelPath, _settings.Seed))
        {
            foreach (var warning in model.Warnings)
                Observer.Alarm?.Invoke(warning);
            RefuseTrained(model, modelPath);
            model.MaxLength = _settings.MaxLength;
            (encoded, pairs) = loader.EncodeKept(loaded, model.Encode, stop);
        }
        if (pairs.Count == 0)
            throw loader.NothingLeft("measure", _settings.Data, folder);
        var dealt = Enumerable
            .Range(0, seeds)
            .Select(s => PromptFolds.Of([.. pairs.Select(pair => pair.Pair)], folds, _settings.Seed + s))
            .ToList();

        Directory.CreateDirectory(Path.Combine(folder, "members"));
        var record = Record(modelPath, encoded);
        if (Start == RunStart.Resume)
            RequireSame(RecordFile.Read<CrossFitRecord>(recordPath), record, recordPath);
        else
            RecordFile.Write(recordPath, record);
        loader.SetAside.Write(folder);

        var scores = pairs.Select(_ => (Chosen: new float[seeds], Rejected: new float[seeds])).ToList();
        var members = new List<CrossFitMember>();
        for (var s = 0; s < seeds; s++)
        {
            for (var fold = 0; fold < folds; fold++)
            {
                stop.ThrowIfCancellationRequested();
                int[] held = [.. Enumerable.Range(0, pairs.Count).Where(i => dealt[s].Folds[i] == fold)];
                var seed = _settings.Seed + s;
                var file = new MemberScores(Path.Combine(folder, "members", $"seed-{seed}-fold-{fold + 1}.jsonl"));
                var (chosen, rejected) = file.Exists
                    ? file.Read(held, pairs)
                    : Train(modelPath, seed, members.Count + 1, encoded, held, stop);
                if (!file.Exists)
                    file.Write(held, pairs, chosen, rejected);
                for (var i = 0; i < held.Length; i++)
                    (scores[held[i]].Chosen[s], scores[held[i]].Rejected[s]) = (chosen[i], rejected[i]);
                var right = Enumerable
                    .Range(0, held.Length)
                    .Sum(i =>
                        chosen[i] > rejected[i] ? 1
                        : chosen[i] == rejected[i] ? 0.5
                        : 0
                    );
                members.Add(
                    new CrossFitMember(members.Count + 1, seed, fold + 1, pairs.Count - held.Length, held.Length, right / held.Length)
                );
                Finished?.Invoke(members[^1]);
            }
        }
        return new CrossFitResult
        {
            Pairs = [.. pairs.Select((pair, i) => new CrossFittedPair(pair.File, pair.Pair, scores[i].Chosen, scores[i].Rejected))],
            Members = members,
            Prompts = dealt[0].Groups,
            Rows = loader.RowCount,
            SetAside = loader.SetAside.ByReason(),
        };
    }

    private (float[] Chosen, float[] Rejected) Train(
        string modelPath,
        long seed,
        int number,
        List<EncodedPair> encoded,
        int[] held,
        CancellationToken stop
    )
    {
        var isHeld = held.ToHashSet();
        using var model = TrainingRun.LoadStart(_settings, modelPath, seed);
        var own = _settings with { Seed = seed, DataSeed = _settings.DataSeed is { } order ? order + (seed - _settings.Seed) : null };
        var trainer = new RewardTrainer(model.Network, own, [.. encoded.Where((_, i) => !isHeld.Contains(i))], [], clock)
        {
            Observer = Observer with { Updated = update => Updated?.Invoke(number, update) },
        };
        trainer.Run(null, null, stop);
        var (chosen, rejected) = new SequenceScorer(model.Network).Score([.. held.Select(i => encoded[i])], _settings.MaxBatchTokens, stop);
        for (var i = 0; i < held.Length; i++)
            if (!float.IsFinite(chosen[i]) || !float.IsFinite(rejected[i]))
                throw new RewardException(
                    $"model {number} (seed {seed}) gives row {encoded[held[i]].Row} the scores {chosen[i]} and {rejected[i]}: the run broke down. Lower learning_rate"
                );
        return (chosen, rejected);
    }

    /// <summary>A checkpoint that was trained on these files has seen the pairs it would judge.</summary>
    private void RefuseTrained(RewardModel model, string path)
    {
        if (model.Origin.Training?.Data?.Files is not { } files)
            return;
        var known = files.Select(file => file.Sha256).ToHashSet();
        if (_settings.Data.FirstOrDefault(file => File.Exists(file) && known.Contains(InputFile.Sha256(file))) is { } seen)
            throw new RewardException(
                $"{path}: was trained on {seen} (its assay.json says so), so it has seen the pairs it would judge; start from the checkpoint it was made from"
            );
        Observer.Alarm?.Invoke($"{path} is a trained reward model: where it has seen some of these pairs, their strength is too high");
    }

    private CrossFitRecord Record(string modelPath, List<EncodedPair> encoded) =>
        new()
        {
            Format = CrossFitRecord.Kind,
            Folds = folds,
            Seeds = seeds,
            BaseModel = RunOpening.BaseModel(modelPath),
            PairsSha256 = Fingerprints.OfPairs(encoded),
            Settings = SettingsReader.Record(_settings),
        };

    private void RequireSame(CrossFitRecord before, CrossFitRecord now, string path)
    {
        IEnumerable<(string Name, bool Differs)> named =
        [
            ("format", before.Format != now.Format),
            ("folds", before.Folds != now.Folds),
            ("seeds", before.Seeds != now.Seeds),
            ("pairs_sha256", before.PairsSha256 != now.PairsSha256),
            ("base_model", !BaseModel.AreSame(before.BaseModel, now.BaseModel)),
        ];
        string[] differ =
        [
            .. named.Where(one => one.Differs).Select(one => one.Name),
            .. Setting.Differing(before.Settings, _settings).Select(setting => setting.Name),
        ];
        if (differ.Length > 0)
            throw new RewardException(
                $"{path}: belongs to a run with other {string.Join(", ", differ)}: give the same again, or name another output_dir"
            );
    }
}
