namespace Assay.Testing;

/// <summary>
/// Where the shared inputs (real checkpoints, data, goldens) lie: <c>$ASSAY_SHARED</c>, else <c>../shared</c> beside the repository.
/// </summary>
public static class SharedInputs
{
    public static string? Root { get; } = Find();

    /// <summary>
    /// Why tests that need shared inputs cannot run, or null when they can. With CI=true they are not skipped: they run and fail.
    /// </summary>
    public static string? SkipReason { get; } =
        Root is null && Environment.GetEnvironmentVariable("CI") != "true"
            ? "shared inputs not found: set ASSAY_SHARED to their folder, or put it at ../shared beside the repository"
            : null;

    /// <summary>Full path of a shared file or folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There are no shared inputs on this machine.</exception>
    public static string PathOf(params ReadOnlySpan<string> parts) =>
        Root is null
            ? throw new DirectoryNotFoundException(
                "shared inputs not found: set ASSAY_SHARED to their folder, or put it at ../shared beside the repository"
            )
            : Path.Combine([Root, .. parts]);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ASSAY_SHARED") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        var beside = Path.GetFullPath(Path.Combine(Repository.Folder, "..", "shared"));
        return Directory.Exists(beside) ? beside : null;
    }
}
