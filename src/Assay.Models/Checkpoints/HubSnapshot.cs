namespace Assay.Models.Checkpoints;

/// <summary>
/// A model's snapshot in Hugging Face's cache, told by its place: <c>models--ORGANISATION--NAME/snapshots/COMMIT</c>. Others share it, so
/// nothing is written there.
/// </summary>
/// <param name="Name">The model's name on the hub: <c>ORGANISATION/NAME</c>.</param>
/// <param name="Commit">Git's commit.</param>
public sealed record HubSnapshot(string Name, string Commit)
{
    private const string Prefix = "models--";

    /// <summary>The snapshot that a folder, or a file in it, is; null for any other.</summary>
    public static HubSnapshot? Of(string path)
    {
        string folder = Path.TrimEndingDirectorySeparator(
                Path.GetFullPath(File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path)
            ),
            all = Path.GetDirectoryName(folder) ?? "";
        return
            Path.GetFileName(all) == "snapshots"
            && Path.GetFileName(Path.GetDirectoryName(all)) is { } repository
            && repository.StartsWith(Prefix, StringComparison.Ordinal)
            ? new HubSnapshot(repository[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal), Path.GetFileName(folder))
            : null;
    }

    /// <summary>
    /// Finds a model by a name that is no place on this machine, and a revision that may be null: its folder, or null where it is no name
    /// either. Who loads models may set it; an adapter's base is looked for with it.
    /// </summary>
    public static Func<string, string?, string?>? Find { get; set; }
}
