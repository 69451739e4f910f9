using System.Text.Json.Nodes;
using Assay.Models.Adapters;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training;

/// <summary>Which part of a model is trained, as the settings say: all of it, or a LoRA with the head.</summary>
internal static class TrainedPart
{
    /// <summary>Freezes the rest of a model that was just loaded to be trained.</summary>
    /// <exception cref="FormatException">The settings name what the model does not have.</exception>
    public static void Choose(RewardModel model, TrainingSettings settings)
    {
        if (!settings.UsePeft) return;
        if (model.MergedAdapter is { } adapter)
            throw new RewardException($"{adapter}: use_peft would put a LoRA on a model that is itself one over {model.Folder}: merge it first (assay merge {Path.GetDirectoryName(adapter)} --output-dir DIR), and start from that");
        if (Directory.EnumerateFiles(model.Folder, "*.safetensors").Concat(Directory.EnumerateFiles(model.Folder, "pytorch_model*.bin")).FirstOrDefault() is null)
            throw new RewardException($"{model.Folder}: use_peft over a GGUF: an adapter names its base model by the folder, which PEFT opens; start from the model's safetensors");
        model.Network.AddLora(
            new LoraOptions
            {
                Rank = settings.LoraR,
                Alpha = settings.LoraAlpha,
                IsRankStabilised = settings.UseRslora,
                TargetModules = settings.LoraTargetModules,
                ModulesToSave = settings.LoraModulesToSave,
            },
            model.Draws ?? new Generator((ulong)settings.Seed));
    }

    /// <summary>Puts what a checkpoint of the same run had trained into a model that was just begun anew.</summary>
    /// <exception cref="FormatException">The base model is not the one that the checkpoint was trained over, or the checkpoint is another run's.</exception>
    public static void Restore(RewardModel model, string checkpointFolder)
    {
        var record = Path.Combine(checkpointFolder, ModelRecord.FileName);
        var (was, now) = (JsonFile.Read(record)["base_model"]?["files"], model.Origin["base_model"]?["files"]);
        if (!JsonNode.DeepEquals(was, now))
            throw new RewardException($"{checkpointFolder}: was trained over a base model with other files than {model.Folder} has now ({was?.ToJsonString()}, now {now?.ToJsonString()}): put that model back, or train anew in another folder");
        AdapterFolder.Restore(model.Network, checkpointFolder);
    }
}
