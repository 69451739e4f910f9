namespace Assay.Testing;

/// <summary>The checkout that a test runs in: its pages and projects, for tests that hold them against the code.</summary>
public static class Repository
{
    /// <summary>The folder with <c>Assay.slnx</c>, above the test's own.</summary>
    public static string Folder { get; } = Find();

    /// <summary>The text of a file.</summary>
    /// <param name="path">From <see cref="Folder"/>, in parts.</param>
    public static string Text(params ReadOnlySpan<string> path) => File.ReadAllText(Path.Combine([Folder, .. path]));

    private static string Find()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Assay.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"no Assay.slnx above {AppContext.BaseDirectory}");
        return folder.FullName;
    }
}
