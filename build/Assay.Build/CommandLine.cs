namespace Assay.Build;

/// <summary>
/// The command line that the launchers <c>assay</c> and <c>assay.cmd</c> start: published to <c>artifacts/program</c>, compiled ahead where
/// NuGet has the compiler for this platform, so that a verb answers before its code is compiled. <c>.built</c> in it is as old as the
/// beginning of that build: what is newer among the sources makes it stale.
/// </summary>
internal static class CommandLine
{
    private static string Folder => Shell.Within("artifacts", "program");

    private static string Stamp => Path.Combine(Folder, ".built");

    private static string Program => Path.Combine(Folder, "assay.dll");

    /// <summary>
    /// Builds the command line unless it is as new as its sources. Two first starts at once do not build into each other's output.
    /// </summary>
    public static int BuildIfStale()
    {
        if (!IsStale())
            return 0;
        Directory.CreateDirectory(Folder);
        using var alone = Lock();
        if (!IsStale())
            return 0;
        var begun = DateTime.UtcNow;
        Console.Error.WriteLine("assay: building the command line (once)");
        var build = Publish("true") is { ExitCode: 0 } compiled ? compiled : Publish("false");
        if (build.ExitCode != 0)
        {
            Console.Error.Write(build.Everything);
            Console.Error.WriteLine("assay: the build failed (see above)");
            return 1;
        }

        File.WriteAllText(Stamp, "");
        File.SetLastWriteTimeUtc(Stamp, begun);
        return 0;
    }

    private static Finished Publish(string ahead) =>
        Shell.Capture(
            "dotnet",
            [
                "publish",
                "src/Assay.Cli",
                "-c",
                Solution.Configuration,
                "--use-current-runtime",
                "--self-contained",
                "false",
                $"-p:PublishReadyToRun={ahead}",
                $"-p:PublishDir={Folder}{Path.DirectorySeparatorChar}",
                "-v",
                "quiet",
                "--nologo",
            ]
        );

    private static bool IsStale()
    {
        if (!File.Exists(Program) || !File.Exists(Stamp))
            return true;
        var built = File.GetLastWriteTimeUtc(Stamp);
        var files = new DirectoryInfo(Shell.Within("src"))
            .EnumerateFiles("*", SearchOption.AllDirectories)
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
