using System.Text.Json.Nodes;
using Assay.Models;
using Assay.Models.Adapters;
using Assay.Models.Checkpoints;
using Assay.Ranks;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Tests.Training;

/// <summary>One recorded run of the reference trainer: its settings, rows and numbers, and the same run by ours.</summary>
internal sealed class RecordedRun
{
    private RecordedRun(
        string name,
        JsonNode trajectory,
        TrainingSettings settings,
        IReadOnlyList<EncodedPair> train,
        IReadOnlyList<EncodedPair> heldOut,
        IReadOnlyList<int> rowOf
    )
    {
        Name = name;
        Trajectory = trajectory;
        Settings = settings;
        Train = train;
        HeldOut = heldOut;
        RowOf = rowOf;
    }

    public string Name { get; }

    public JsonNode Trajectory { get; }

    public TrainingSettings Settings { get; init; }

    public IReadOnlyList<EncodedPair> Train { get; }

    public IReadOnlyList<EncodedPair> HeldOut { get; }

    /// <summary>Line (from 0) of data/train.jsonl for each pair that max_length left.</summary>
    public IReadOnlyList<int> RowOf { get; }

    public string CheckpointPath => TrainingGoldens.PathOf("checkpoints", Trajectory["checkpoint"]!.GetValue<string>());

    public static RecordedRun Read(string name, string lossType = "sigmoid")
    {
        var trajectory = TrainingGoldens.Read("reward", name, "trajectory.json");
        var given = new List<GivenSetting> { new("per_device_train_batch_size", ["4"], name), new("logging_steps", ["1"], name) };
        foreach (var (setting, value) in trajectory["config"]!.AsObject())
            given.Add(new(setting, [value?.ToString() ?? "null"], name));
        // What the recorder set beside RewardConfig; a checkpoint is no part of the recorded numbers.
        given.Add(new("loss_type", [lossType], name));
        given.Add(new("save_strategy", ["no"], name));
        given.Add(new("max_batch_tokens", ["100000"], name));
        var settings = SettingsReader.Read(given, []);
        if (File.Exists(AdapterPath(name, "initial")))
        {
            var adapter = TrainingGoldens.Read("reward", name, "adapter_initial", "adapter_config.json");
            given.AddRange([
                new("use_peft", ["true"], name),
                new("lora_r", [adapter["r"]!.ToString()], name),
                new("lora_alpha", [adapter["lora_alpha"]!.ToString()], name),
            ]);
            settings = SettingsReader.Read(given, []);
        }
        var tokens = TrainingGoldens.Read("data", $"tokens_{trajectory["checkpoint"]!.GetValue<string>()}.json");
        var isText = trajectory["form"]!.GetValue<string>().StartsWith("text");
        var form = tokens[isText ? "text" : "conversational"]!;
        var withMargin = trajectory["margin_column"]!.GetValue<bool>();
        // A pad token that is the eos makes the reference read the score before the eos: the same ids without it are the same run.
        var pad = isText ? trajectory["pad_token_id"]!.GetValue<int>() : -1;
        var all = Pairs(form["train"]!, withMargin ? "train.jsonl" : null, pad);
        var kept = Enumerable.Range(0, all.Count).Where(i => all[i].LongestSide <= settings.MaxLength).ToArray();
        IReadOnlyList<EncodedPair> heldOut = trajectory["evals"] is JsonArray { Count: > 0 }
            ? Pairs(form["eval"]!, withMargin ? "eval.jsonl" : null, pad)
            : [];
        return new RecordedRun(name, trajectory, settings, [.. kept.Select(i => all[i])], heldOut, kept);
    }

    private static List<EncodedPair> Pairs(JsonNode rows, string? marginFile, int pad)
    {
        float[]? margins = marginFile is null
            ? null
            :
            [
                .. File.ReadLines(TrainingGoldens.PathOf("data", marginFile))
                    .Select(line => (float)JsonNode.Parse(line)!["margin"]!.GetValue<double>()),
            ];
        return [.. rows.AsArray().Select((row, i) => new EncodedPair(i, Cut(row!["chosen_ids"]!), Cut(row["rejected_ids"]!), margins?[i]))];

        int[] Cut(JsonNode ids) => ids.Integers() is var found && found[^1] == pad ? found[..^1] : found;
    }

    /// <summary>Runs it here, and hands back what happened.</summary>
    public Outcome Replay(
        TrainingSettings? settings = null,
        IReadOnlyList<EncodedPair>? train = null,
        DType dtype = DType.Float32,
        DType readAs = DType.Float32,
        Communicator? ranks = null
    )
    {
        using var network = RewardNetwork.Load(CheckpointPath, new LoadOptions { DType = readAs }).Network;
        if (dtype != network.DType)
            network.ConvertTo(dtype); // as the recorder: read in fp32, then .to(dtype)
        var used = settings ?? Settings;
        if (used.UsePeft)
            network.AddLora(LoraOf(used), new Generator((ulong)used.Seed));
        var outcome = new Outcome();
        var trainer = new RewardTrainer(network, used, train ?? Train, HeldOut, TimeProvider.System)
        {
            Ranks = ranks ?? Communicator.Alone,
            Observer = new TrainingObserver
            {
                Updated = outcome.Updates.Add,
                Evaluated = (step, metrics) => outcome.Evaluations.Add((step, metrics)),
            },
        };
        outcome.Result = trainer.Run(null);
        outcome.Weights = WeightsOf(network);
        return outcome;
    }

    public static LoraOptions LoraOf(TrainingSettings settings) =>
        new()
        {
            Rank = settings.LoraR,
            Alpha = settings.LoraAlpha,
            IsRankStabilised = settings.UseRslora,
            TargetModules = settings.LoraTargetModules,
        };

    /// <summary>The weights that the reference saves: all, or what a LoRA trains, under PEFT's names.</summary>
    public static Dictionary<string, float[]> WeightsOf(RewardNetwork network) =>
        network.Lora is null
            ? network.Parameters.ToDictionary(p => p.Name, p => p.Value.ToFloats())
            : network.Trained.ToDictionary(p => "base_model.model." + p.Name, p => p.Value.ToFloats());

    /// <summary>Where a run's weights after its last step were recorded.</summary>
    public string FinalWeightsPath =>
        File.Exists(AdapterPath(Name, "final")) ? AdapterPath(Name, "final") : TrainingGoldens.PathOf("reward", Name, "final.safetensors");

    public static string AdapterPath(string name, string which) =>
        TrainingGoldens.PathOf("reward", name, "adapter_" + which, "adapter_model.safetensors");

    public static Dictionary<string, float[]> ReadTensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Tensors.ToDictionary(
            t => t.Name,
            t =>
            {
                var values = new float[t.ElementCount];
                file.ReadRows(t, 0, values);
                return values;
            }
        );
    }

    internal sealed class Outcome
    {
        public List<UpdateReport> Updates { get; } = [];

        public List<(long Step, EvaluationMetrics Metrics)> Evaluations { get; } = [];

        public TrainingResult Result { get; set; } = null!;

        public Dictionary<string, float[]> Weights { get; set; } = [];
    }
}
