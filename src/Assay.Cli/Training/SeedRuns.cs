using Assay.Data.Digests;
using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Evaluation.Statistics;
using Assay.Reward;
using Assay.Reward.Training;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Training;

/// <summary>
/// <c>--seeds</c> of the verbs that train: one run for each seed under <c>OUTPUT/seed-S</c>, and what they come to: <c>seeds.json</c>
/// (mean, deviation and interval of each figure, which run is the median one), and of reward models <c>ensemble.json</c>, by which all
/// of them are one model. A seed draws a fresh head, the order of the rows and what heads of an ensemble see; the hold-out is the same
/// for all. Finished runs are kept, stopped ones gone on with.
/// </summary>
internal sealed class SeedRuns(TrainingSettings settings)
{
    private static readonly string[] Figures = ["eval_accuracy", "eval_loss", "eval_margin", "train_loss"];

    private readonly string output =
        settings.OutputDir ?? throw new RewardException("output_dir is not set: name the folder for the trained models");

    /// <summary>Told of each run before it begins or is passed over; gives what watches it.</summary>
    public required Func<long, int, bool, TrainingObserver> Begin { get; init; }

    /// <summary>Trains one run to its end.</summary>
    public required Func<TrainingSettings, RunStart, TrainingObserver, TrainingSummary> Train { get; init; }

    /// <summary>Runs what is missing.</summary>
    /// <returns>What stands in <c>seeds.json</c>.</returns>
    /// <exception cref="FormatException">As of one run; or a finished one was trained with other settings or data.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the same command goes on.</exception>
    public SeedsRecord Execute()
    {
        if (RunFolder.IsRun(output))
            throw new RewardException($"{output}: holds a single run: name another output_dir for --seeds");
        var seeds = settings.SeedList;
        var done = new List<(long Seed, TrainingSummary Summary)>();
        foreach (var (i, seed) in seeds.Index())
        {
            var own = settings with { Seed = seed, Seeds = [], OutputDir = Path.Combine(output, FolderOf(seed)) };
            var finished = FinishedSummary(own);
            var observer = Begin(seed, i, finished is not null);
            done.Add((seed, finished ?? Train(own, RunFolder.IsRun(own.OutputDir!) ? RunStart.Resume : RunStart.Fresh, observer)));
            Write(done, seeds);
        }
        // A mean of policies' log-ratios, or of steps' probabilities, nobody has asked for yet.
        if (settings.Kind != TrainingKind.Reward)
            return Write(done, seeds);
        EnsembleFile.Write(output, seeds.Select(FolderOf));
        // All were trained on the same rows, which whoever judges them together must know.
        RowDigests
            .Read(Path.Combine(output, FolderOf(seeds[0]), RowDigests.TrainingFileName))
            .With(RowDigests.Of([]), ModelFingerprint.Of(output))
            .Write(Path.Combine(output, RowDigests.TrainingFileName));
        return Write(done, seeds);
    }

    private static string FolderOf(long seed) => $"seed-{seed}";

    /// <summary>The closing figures of a run that is finished; null where it is not.</summary>
    private static TrainingSummary? FinishedSummary(TrainingSettings own)
    {
        if (
            RunRecord.In(own.OutputDir!)
            is not { State: RunRecord.Finished, Summary: { } summary, Model.Training: { Settings: { } settings, Data: { } data } }
        )
            return null;
        foreach (var (name, was, now) in Setting.Differing(settings, own))
            throw new RewardException(
                $"{own.OutputDir}: was trained with {name} {was}, now it is {now}: seeds are compared over one set of settings. Name another output_dir"
            );
        if (!data.Files.Select(file => file.Sha256).SequenceEqual(own.Data.Concat(own.EvalData).Select(InputFile.Sha256)))
            throw new RewardException(
                $"{own.OutputDir}: was trained on other data: seeds are compared over one set of rows. Name another output_dir"
            );
        return summary;
    }

    private SeedsRecord Write(IReadOnlyList<(long Seed, TrainingSummary Summary)> done, IReadOnlyList<long> seeds)
    {
        List<SeedsRecord.Run> runs =
        [
            .. done.Select(run => new SeedsRecord.Run(
                run.Seed,
                FolderOf(run.Seed),
                run.Summary["eval_accuracy"],
                run.Summary["eval_loss"],
                run.Summary["eval_margin"],
                run.Summary["train_loss"]
            )),
        ];
        var figures = new Dictionary<string, SeedsRecord.Spread>();
        foreach (var name in Figures.Where(name => runs.All(run => run[name] is not null)))
        {
            var mean = MeanInterval.Of([.. runs.Select(run => run[name]!.Value)]);
            figures[name] = new SeedsRecord.Spread(
                mean.Mean,
                mean.StandardDeviation,
                mean.Interval is { } interval ? [interval.Low, interval.High] : null
            );
        }
        var by = figures.ContainsKey("eval_accuracy") ? "eval_accuracy" : "train_loss";
        // Of an even number the lower of the two in the middle; the loss tells runs of one accuracy apart.
        List<SeedsRecord.Run> ordered = [.. runs.OrderBy(run => run[by]).ThenByDescending(run => run.EvalLoss).ThenBy(run => run.Seed)];
        var median = ordered[(ordered.Count - 1) / 2];
        var result = new SeedsRecord
        {
            OutputDir = output,
            Runs = runs,
            Missing = [.. seeds.Skip(done.Count)],
            Figures = figures,
            Median = new SeedsRecord.MedianRun(by, median.Seed, median.Folder),
        };
        RecordFile.Write(Path.Combine(output, SeedsRecord.FileName), result);
        return result;
    }
}
