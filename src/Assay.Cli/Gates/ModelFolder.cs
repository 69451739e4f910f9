namespace Assay.Cli.Gates;

/// <summary>Where a model's verdict and card are.</summary>
internal static class ModelFolder
{
    /// <summary>The folder itself, or that of a GGUF file.</summary>
    public static string Of(string model) => File.Exists(model) ? Path.GetDirectoryName(Path.GetFullPath(model))! : model;
}
