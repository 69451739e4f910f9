using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Models;
using Assay.Models.Checkpoints;
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
    public static (string Model, string Output) Demand(
        TrainingSettings settings,
        Preview preview,
        string start,
        string rows,
        string held,
        bool takesSplit
    )
    {
        var model = settings.Model ?? throw new RewardException($"model is not set: name the {start} to start from");
        var output =
            settings.OutputDir
            ?? (preview != Preview.None ? "" : null)
            ?? throw new RewardException("output_dir is not set: name the folder for the trained model");
        if (settings.Data.Count == 0)
            throw new RewardException($"data is not set: name one or more files of {rows}");
        if (
            settings is { EvalData.Count: 0, EvalSplit: null }
            && !(takesSplit && settings.Split is not null)
            && (settings.EvalStrategy != "no" || settings.EvalOnStart)
        )
            throw new RewardException(
                $"{(settings.EvalOnStart ? "eval_on_start" : $"eval_strategy {settings.EvalStrategy}")} asks for an evaluation and nothing is held out: name {held}, or leave it out"
            );
        return (model, output);
    }

    /// <summary>The files that were read, with their SHA-256.</summary>
    public static IReadOnlyList<InputHash> Files(TrainingSettings settings) =>
        [.. settings.Data.Concat(settings.EvalData).Select(path => new InputHash(path, InputFile.Sha256(path)))];

    /// <summary>A checkpoint by the hashes of its files; one of the hub by its name and commit too.</summary>
    public static BaseModel BaseModel(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        var hub = HubSnapshot.Of(CheckpointFolder.Of(path));
        return new BaseModel(path)
        {
            Name = hub?.Name,
            Revision = hub?.Commit,
            Files = [.. checkpoint.Files.Select(file => new WeightFile(Path.GetFileName(file.Path), InputFile.Sha256(file.Path)))],
        };
    }

    /// <summary>Ends the record of a training with what it ran by: its settings, the library, the device and whose products.</summary>
    public static TrainingOrigin With(TrainingOrigin training, TrainingSettings settings, Placement placement) =>
        training with
        {
            Settings = SettingsReader.Record(settings),
            Libtorch = TorchRuntime.LibtorchVersion,
            Device = placement.Device.ToString(),
            Products = TorchRuntime.Products,
        };

    /// <summary>Writes <c>run.json</c> of a run that begins.</summary>
    /// <returns>The record, whose state <see cref="RunFolder"/> keeps.</returns>
    public static RunRecord Begin(string output, ModelOrigin origin, string textFingerprint, IReadOnlyList<string> warnings)
    {
        var run = new RunRecord
        {
            Format = RunRecord.Kind,
            State = RunRecord.Running,
            Model = origin,
            TextFingerprint = textFingerprint,
            Warnings = warnings,
        };
        run.Write(output);
        return run;
    }
}

/// <summary>How a run begins.</summary>
public enum RunStart
{
    /// <summary>At the first update, into a folder that holds no run.</summary>
    Fresh,

    /// <summary>Of the run that the folder holds, from its newest complete checkpoint; at the first update where it has none yet.</summary>
    Resume,
}
