using Assay.Models.Checkpoints;

namespace Assay.Cli;

/// <summary>Where what lies beside a model's weights is: tokenizer, card, verdict, reference scores.</summary>
internal static class ModelFolder
{
    /// <summary>The folder itself, that of a GGUF file, or the snapshot of a model in Hugging Face's cache.</summary>
    public static string Of(string model) => CheckpointFolder.Of(model);
}
