using Assay.Models.Checkpoints;

namespace Assay.Cli;

/// <summary>Where what lies beside a model's weights is: tokenizer, card, verdict, reference scores.</summary>
internal static class ModelFolder
{
    /// <summary>The folder itself, that of a GGUF file, or the snapshot of a model in Hugging Face's cache.</summary>
    public static string Of(string model) => CheckpointFolder.Of(model);

    /// <summary>Refuses to write into a snapshot of Hugging Face's cache: what lies there is the hub's, and shared.</summary>
    /// <param name="model">The folder, or a file in it.</param>
    /// <param name="what">What would be written.</param>
    /// <param name="instead">What to do besides copying the model.</param>
    /// <exception cref="UsageException">It is one.</exception>
    public static void DemandOwn(string model, string what, string instead)
    {
        var folder = Of(model);
        if (HubSnapshot.Of(folder) is { } hub)
            throw new UsageException(
                $"{what} is not written into Hugging Face's cache, which other programs share ({folder}): {instead}copy the model into a folder of its own (cp -rL {folder} {hub.Name[(hub.Name.LastIndexOf('/') + 1)..]}) and name that"
            );
    }
}
