namespace Assay.Verifiers.Sandboxing;

/// <summary>Where the system's tools lie.</summary>
internal static class SystemTool
{
    /// <summary>Folders that are searched, also inside a sandbox.</summary>
    public static string[] Folders { get; } = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/current-system/sw/bin"];

    /// <summary>A tool's path; null where it is not there.</summary>
    public static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>As <see cref="Find"/>, but the caller's own PATH first.</summary>
    public static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
        ?? Find(name);
}
