namespace Assay.Build;

/// <summary>What tests want and a distribution has: installed on Debian and Ubuntu, as root or with sudo.</summary>
internal static class Apt
{
    /// <summary>Whether packages can be installed here.</summary>
    public static bool IsPossible =>
        OnPath("apt-get") is not null
        && (Root.Length == 0 || (OnPath("sudo") is not null && Shell.Capture("sudo", ["-n", "true"]).ExitCode == 0));

    private static string[] Root => Environment.IsPrivilegedProcess ? [] : ["sudo", "-n"];

    public static void Install(string package)
    {
        Run(["update", "-qq"]);
        Run(["install", "-y", "-qq", "--no-install-recommends", package]);
    }

    /// <summary>A program by its name on the path, or null.</summary>
    public static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name))
            .FirstOrDefault(File.Exists);

    private static void Run(string[] arguments)
    {
        string[] command = [.. Root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", .. arguments];
        Shell.RunOnErrors(command[0], command[1..]);
    }
}
