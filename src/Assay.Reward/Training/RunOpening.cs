using System.Text.Json.Nodes;
using Assay.Data.Reading;
using Assay.Ground.Files;
using Assay.Models;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training;

/// <summary>What every run asks and writes before its first update, whatever it trains.</summary>
internal static class RunOpening
{
    /// <summary>The start and the folder that the settings must name.</summary>
    /// <param name="settings">The run's.</param>
    /// <param name="preview">Whether it is only looked at: then no folder need be named, and it is "".</param>
    /// <param name="start">What it starts from, in words.</param>
    /// <param name="rows">What its files hold, in words.</param>
    /// <param name="held">What is held out, and the settings by which, in words.</param>
    /// <param name="takesSplit">Whether a split file may name what is held out.</param>
    /// <exception cref="RewardException">One is missing, or an evaluation is asked for and nothing is held out.</exception>
    public static (string Model, string Output) Demand(TrainingSettings settings, Preview preview, string start, string rows, string held, bool takesSplit)
    {
        var model = settings.Model ?? throw new RewardException($"model is not set: name the {start} to start from");
        var output = settings.OutputDir ?? (preview != Preview.None ? "" : null) ?? throw new RewardException("output_dir is not set: name the folder for the trained model");
        if (settings.Data.Count == 0) throw new RewardException($"data is not set: name one or more files of {rows}");
        if (settings is { EvalData.Count: 0, EvalSplit: null } && !(takesSplit && settings.Split is not null) && (settings.EvalStrategy != "no" || settings.EvalOnStart))
            throw new RewardException($"{(settings.EvalOnStart ? "eval_on_start" : $"eval_strategy {settings.EvalStrategy}")} asks for an evaluation and nothing is held out: name {held}, or leave it out");
        return (model, output);
    }

    /// <summary>The files that were read, with their SHA-256.</summary>
    public static JsonArray Files(TrainingSettings settings) =>
        [.. settings.Data.Concat(settings.EvalData).Select(path => (JsonNode)new JsonObject { ["path"] = path, ["sha256"] = InputFile.Sha256(path) })];

    /// <summary>What a run would do, <c>assay.dry_run/1</c>: rows that were read and set aside, pairs of both sides, and what the examination found.</summary>
    public static JsonObject Previewed(long rows, int setAside, JsonObject byReason, int train, int heldOut, TrainingLoop trainer, RewardNetwork network, Examination examination)
    {
        var told = new JsonObject
        {
            ["format"] = "assay.dry_run/1",
            ["rows"] = rows,
            ["set_aside"] = setAside,
            ["set_aside_by_reason"] = byReason,
            ["train_pairs"] = train,
            ["eval_pairs"] = heldOut,
            ["pairs_per_update"] = trainer.Plan.MicroBatchesOf(0).Sum(batch => batch.Length),
            ["parameters"] = ModelSize.Parameters(network),
        };
        foreach (var (name, value) in examination.ToJson()) told[name] = value?.DeepClone();
        return told;
    }

    /// <summary>Ends the record of a training with what it ran by: its settings, the library, the device and whose products.</summary>
    public static JsonObject With(JsonObject training, TrainingSettings settings, Placement placement)
    {
        training["settings"] = SettingsReader.ToJson(settings);
        training["libtorch"] = TorchRuntime.LibtorchVersion;
        training["device"] = placement.Device.ToString();
        training["products"] = TorchRuntime.Products;
        return training;
    }

    /// <summary>Writes <c>run.json</c> of a run that begins.</summary>
    /// <returns>The record, whose state <see cref="RunFolder"/> keeps.</returns>
    public static JsonObject Begin(string output, JsonObject origin, string textFingerprint, IReadOnlyList<string> warnings)
    {
        var run = new JsonObject { ["format"] = "assay.run/1", ["state"] = "running", ["model"] = origin.DeepClone(), ["text_fingerprint"] = textFingerprint, ["warnings"] = new JsonArray([.. warnings.Select(warning => (JsonNode)warning)]) };
        JsonFile.Write(Path.Combine(output, ModelFolderNames.Run), run);
        return run;
    }
}
