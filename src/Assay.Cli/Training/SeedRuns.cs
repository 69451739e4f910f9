using System.Text.Json.Nodes;
using Assay.Data.Digests;
using Assay.Data.Reading;
using Assay.Evaluation.Statistics;
using Assay.Ground.Files;
using Assay.Reward;
using Assay.Reward.Training;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Training;

/// <summary>
/// <c>assay train --seeds</c>: one run for each seed under <c>OUTPUT/seed-S</c>, and what they come to: <c>seeds.json</c> (mean, deviation and interval of each figure, which run is the median one) and
/// <c>ensemble.json</c>, by which all of them are one model. A seed draws a fresh head, the order of the rows and what heads of an ensemble see; the hold-out is the same for all. Finished runs are kept, stopped ones gone on with.
/// </summary>
internal sealed class SeedRuns(TrainingSettings settings)
{
    public const string FileName = "seeds.json";

    private static readonly string[] Figures = ["eval_accuracy", "eval_loss", "eval_margin", "train_loss"];

    private readonly string output = settings.OutputDir ?? throw new RewardException("output_dir is not set: name the folder for the trained models");

    /// <summary>Told of each run before it begins or is passed over; gives what watches it.</summary>
    public required Func<long, int, bool, TrainingObserver> Begin { get; init; }

    /// <summary>Runs what is missing.</summary>
    /// <returns>What stands in <c>seeds.json</c>.</returns>
    /// <exception cref="FormatException">As of one run; or a finished one was trained with other settings or data.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the same command goes on.</exception>
    public JsonObject Execute(CancellationToken stop)
    {
        if (RunFolder.IsRun(output)) throw new RewardException($"{output}: holds a single run: name another output_dir for --seeds");
        var seeds = settings.SeedList;
        var done = new List<(long Seed, JsonObject Summary)>();
        foreach (var (i, seed) in seeds.Index())
        {
            var own = settings with { Seed = seed, Seeds = [], OutputDir = Path.Combine(output, FolderOf(seed)) };
            var finished = FinishedSummary(own);
            var observer = Begin(seed, i, finished is not null);
            done.Add((seed, finished ?? new TrainingRun(own, TimeProvider.System) { Start = RunFolder.IsRun(own.OutputDir!) ? RunStart.Resume : RunStart.Fresh, Observer = observer }.Execute(stop)));
            Write(done, seeds);
        }
        EnsembleFile.Write(output, seeds.Select(FolderOf));
        // All were trained on the same rows, which whoever judges them together must know.
        RowDigests.Read(Path.Combine(output, FolderOf(seeds[0]), RowDigests.TrainingFileName)).With(RowDigests.Of([]), ModelFingerprint.Of(output)).Write(Path.Combine(output, RowDigests.TrainingFileName));
        return Write(done, seeds);
    }

    private static string FolderOf(long seed) => $"seed-{seed}";

    /// <summary>The closing figures of a run that is finished; null where it is not.</summary>
    private static JsonObject? FinishedSummary(TrainingSettings own)
    {
        var path = Path.Combine(own.OutputDir!, "run.json");
        if (!File.Exists(path) || JsonNode.Parse(File.ReadAllText(path)) is not JsonObject run || (string?)run["state"] != "finished") return null;
        var (was, now) = (run["model"]!["training"]!["settings"]!.AsObject(), SettingsReader.ToJson(own));
        foreach (var setting in Setting.All.Where(setting => setting.DecidesResult))
        {
            // As text: a number that was read again is another kind of node.
            if (was[setting.Name]?.ToJsonString() != now[setting.Name]?.ToJsonString())
                throw new RewardException($"{own.OutputDir}: was trained with {setting.Name} {was[setting.Name]?.ToJsonString() ?? "null"}, now it is {now[setting.Name]?.ToJsonString() ?? "null"}: seeds are compared over one set of settings. Name another output_dir");
        }
        string[] files = [.. run["model"]!["training"]!["data"]!["files"]!.AsArray().Select(file => (string)file!["sha256"]!)];
        if (!files.SequenceEqual(own.Data.Concat(own.EvalData).Select(InputFile.Sha256))) throw new RewardException($"{own.OutputDir}: was trained on other data: seeds are compared over one set of rows. Name another output_dir");
        return run["summary"]!.AsObject();
    }

    private JsonObject Write(IReadOnlyList<(long Seed, JsonObject Summary)> done, IReadOnlyList<long> seeds)
    {
        static double? Of(JsonObject summary, string name) => summary[name]?.GetValue<double>();
        var figures = new JsonObject();
        foreach (var name in Figures.Where(name => done.All(run => Of(run.Summary, name) is not null)))
        {
            var mean = MeanInterval.Of([.. done.Select(run => Of(run.Summary, name)!.Value)]);
            figures[name] = new JsonObject { ["mean"] = mean.Mean, ["std"] = mean.StandardDeviation, ["interval"] = mean.Interval is { } interval ? new JsonArray(interval.Low, interval.High) : null };
        }
        var by = figures.ContainsKey("eval_accuracy") ? "eval_accuracy" : "train_loss";
        // Of an even number the lower of the two in the middle; the loss tells runs of one accuracy apart.
        var ordered = done.OrderBy(run => Of(run.Summary, by)).ThenByDescending(run => Of(run.Summary, "eval_loss")).ThenBy(run => run.Seed).ToList();
        var median = ordered[(ordered.Count - 1) / 2].Seed;
        var result = new JsonObject
        {
            ["format"] = "assay.seeds/1",
            ["output_dir"] = output,
            ["runs"] = new JsonArray([.. done.Select(run =>
            {
                var one = new JsonObject { ["seed"] = run.Seed, ["folder"] = FolderOf(run.Seed) };
                foreach (var name in Figures) one[name] = Of(run.Summary, name);
                return (JsonNode)one;
            })]),
            ["missing"] = new JsonArray([.. seeds.Skip(done.Count).Select(seed => (JsonNode)seed)]),
            ["figures"] = figures,
            ["median"] = new JsonObject { ["by"] = by, ["seed"] = median, ["folder"] = FolderOf(median) },
        };
        OutputFile.WriteAllText(Path.GetFullPath(Path.Combine(output, FileName)), result.ToJsonString(new() { WriteIndented = true }) + "\n");
        return result;
    }
}
