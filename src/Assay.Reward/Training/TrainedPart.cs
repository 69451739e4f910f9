using System.Globalization;
using System.Text.RegularExpressions;
using Assay.Data.Records;
using Assay.Models;
using Assay.Models.Adapters;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training;

/// <summary>
/// Which part of a model is trained, as the settings say: all of it, a LoRA, some layers or tensors, or none; the head always.
/// </summary>
internal static partial class TrainedPart
{
    /// <summary>Freezes the rest of a model that was just loaded to be trained.</summary>
    /// <exception cref="FormatException">The settings name what the model does not have.</exception>
    public static void Choose(RewardModel model, TrainingSettings settings) =>
        Choose(model.Network, model.Folder, model.MergedAdapter, model.Draws, settings);

    /// <inheritdoc cref="Choose(RewardModel, TrainingSettings)"/>
    public static void Choose(NetworkWithText model, TrainingSettings settings) =>
        Choose(model.Network, model.Folder, model.MergedAdapter, model.Draws, settings);

    private static void Choose(RewardNetwork network, string folder, string? mergedAdapter, Generator? draws, TrainingSettings settings)
    {
        if (settings.Freezes)
            Freeze(network, settings);
        if (!settings.UsePeft)
            return;
        if (mergedAdapter is { } adapter)
            throw new RewardException(
                $"{adapter}: use_peft would put a LoRA on a model that is itself one over {folder}: merge it first (assay merge {Path.GetDirectoryName(adapter)} --output-dir DIR), and start from that"
            );
        if (
            Directory
                .EnumerateFiles(folder, "*.safetensors")
                .Concat(Directory.EnumerateFiles(folder, "pytorch_model*.bin"))
                .FirstOrDefault()
            is null
        )
            throw new RewardException(
                $"{folder}: use_peft over a GGUF: an adapter names its base model by the folder, which PEFT opens; start from the model's safetensors"
            );
        network.AddLora(
            new LoraOptions
            {
                Rank = settings.LoraR,
                Alpha = settings.LoraAlpha,
                IsRankStabilised = settings.UseRslora,
                TargetModules = settings.LoraTargetModules,
                ModulesToSave = settings.LoraModulesToSave,
            },
            draws ?? new Generator((ulong)settings.Seed)
        );
    }

    private static void Freeze(RewardNetwork network, TrainingSettings settings)
    {
        if (settings.FreezeTrainableLayers is { } wanted)
        {
            var count = network.Parameters.Max(parameter => LayerOf(parameter.Name)) + 1;
            if (Math.Abs((long)wanted) > count)
                throw new RewardException($"freeze_trainable_layers is {wanted}: this {network.Family.ModelType} has {count} layers");
            network.TrainOnly(parameter =>
                LayerOf(parameter.Name) is >= 0 and var layer && (wanted > 0 ? layer >= count - wanted : layer < -wanted)
            );
            return;
        }
        var patterns = settings.UnfrozenParameters.Select(text => (text, pattern: Pattern(text))).ToList();
        foreach (var (text, pattern) in patterns)
            if (!network.Parameters.Any(parameter => pattern.IsMatch(parameter.Name)))
                throw new RewardException(
                    $"unfrozen_parameters: '{text}' finds no tensor of this {network.Family.ModelType}; they are named as {network.Parameters[0].Name} (assay inspect lists them)"
                );
        network.TrainOnly(parameter => patterns.Any(one => one.pattern.IsMatch(parameter.Name)));
    }

    private static Regex Pattern(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant);
        }
        catch (ArgumentException error)
        {
            throw new RewardException($"unfrozen_parameters: '{text}' is no regular expression: {error.Message}", error);
        }
    }

    /// <summary>The number of the layer that a tensor belongs to, or -1.</summary>
    private static int LayerOf(string name) =>
        Layer().Match(name) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : -1;

    [GeneratedRegex(@"\.(?:layers?|h)\.(\d+)\.", RegexOptions.CultureInvariant)]
    private static partial Regex Layer();

    /// <summary>Puts what a checkpoint of the same run had trained into a model that was just begun anew.</summary>
    /// <exception cref="FormatException">The base model is not the one that the checkpoint was trained over, or the checkpoint is another
    /// run's.</exception>
    public static void Restore(RewardModel model, string checkpointFolder) =>
        Restore(model.Network, model.Folder, model.Origin.BaseModel, checkpointFolder);

    /// <inheritdoc cref="Restore(RewardModel, string)"/>
    public static void Restore(NetworkWithText model, string checkpointFolder) =>
        Restore(model.Network, model.Folder, model.Origin.BaseModel, checkpointFolder);

    private static void Restore(RewardNetwork network, string folder, BaseModel? now, string checkpointFolder)
    {
        var was = ModelRecord.In(checkpointFolder)?.BaseModel;
        if (!BaseModel.AreSame(was, now))
            throw new RewardException(
                $"{checkpointFolder}: was trained over a base model with other files than {folder} has now ({Text(was)}, now {Text(now)}): put that model back, or train anew in another folder"
            );
        AdapterFolder.Restore(network, checkpointFolder);

        static string Text(BaseModel? model) =>
            model is null ? "not recorded" : string.Join(", ", model.Files.Select(file => $"{file.Name} {file.Sha256}"));
    }
}
