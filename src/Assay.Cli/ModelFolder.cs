namespace Assay.Cli;

/// <summary>Where what lies beside a model's weights is: tokenizer, card, verdict, reference scores.</summary>
internal static class ModelFolder
{
    /// <summary>The folder itself, or that of a GGUF file.</summary>
    public static string Of(string model) => File.Exists(model) ? Path.GetDirectoryName(Path.GetFullPath(model))! : model;
}
