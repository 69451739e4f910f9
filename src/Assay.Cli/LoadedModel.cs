using Assay.Reward;

namespace Assay.Cli;

/// <summary>Loads a reward model for a verb and says on standard error what a person should know of it.</summary>
internal static class LoadedModel
{
    public static RewardModel Load(string path, string? chatTemplate, int? maxLength = null)
    {
        RewardModel model = RewardModel.Load(path, chatTemplate);
        model.MaxLength = maxLength;
        foreach (string warning in model.Warnings) Terminal.Note($"assay: {path}: {warning}");
        return model;
    }
}
