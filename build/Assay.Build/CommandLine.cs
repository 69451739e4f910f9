namespace Assay.Build;

/// <summary>
/// The built command line. <c>artifacts/.built</c> is as old as the beginning of its last build: what is newer among the sources makes it stale. The launchers <c>assay</c> and <c>assay.cmd</c> go by that.
/// </summary>
internal static class CommandLine
{
    private static string Stamp => Shell.Within("artifacts", ".built");

    private static string Program => Shell.Within("artifacts", "bin", "Assay.Cli", "release", "assay.dll");

    /// <summary>Remembers that a build begins now.</summary>
    public static string NewStamp()
    {
        Directory.CreateDirectory(Shell.Within("artifacts"));
        var stamp = $"{Stamp}.{Environment.ProcessId}";
        File.WriteAllText(stamp, "");
        return stamp;
    }

    /// <summary>The build that began then is whole.</summary>
    public static void Built(string stamp) => File.Move(stamp, Stamp, overwrite: true);

    /// <summary>Builds the command line unless it is as new as its sources. Two first starts at once do not build into each other's output.</summary>
    public static int BuildIfStale()
    {
        if (!IsStale()) return 0;
        Directory.CreateDirectory(Shell.Within("artifacts"));
        using var alone = Lock();
        if (!IsStale()) return 0;
        var stamp = NewStamp();
        Console.Error.WriteLine("assay: building the command line (once)");
        var build = Shell.Capture("dotnet", ["build", "src/Assay.Cli", "-c", Solution.Configuration, "-v", "quiet", "--nologo"]);
        if (build.ExitCode != 0)
        {
            File.Delete(stamp);
            Console.Error.Write(build.Everything);
            Console.Error.WriteLine("assay: the build failed (see above)");
            return 1;
        }

        Built(stamp);
        return 0;
    }

    private static bool IsStale()
    {
        if (!File.Exists(Program) || !File.Exists(Stamp)) return true;
        var built = File.GetLastWriteTimeUtc(Stamp);
        var files = new DirectoryInfo(Shell.Within("src")).EnumerateFiles("*", SearchOption.AllDirectories)
            .Concat(new DirectoryInfo(Shell.Root).EnumerateFiles("Directory.*"));
        return files.Any(file => file.LastWriteTimeUtc > built);
    }

    private static FileStream Lock()
    {
        while (true)
        {
            try
            {
                return new FileStream(Shell.Within("artifacts", ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(200);
            }
        }
    }
}
