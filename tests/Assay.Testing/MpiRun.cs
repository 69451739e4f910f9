using System.Diagnostics;
using System.Globalization;

namespace Assay.Testing;

/// <summary>Programs of ours as several processes, by the machine's own <c>mpirun</c> (OpenMPI).</summary>
public static class MpiRun
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    /// <summary>The launcher; null where none is installed.</summary>
    public static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "mpirun"))
            .FirstOrDefault(File.Exists);

    /// <summary>Why tests cannot run, or null. With <c>ASSAY_NEEDS_MPI=1</c>, as in CI, they are not skipped: they run and fail.</summary>
    public static string? SkipReason { get; } =
        Program is null && Environment.GetEnvironmentVariable("ASSAY_NEEDS_MPI") != "1"
            ? "no mpirun on the path: run ./run mpi, or install OpenMPI (Debian, Ubuntu: openmpi-bin)"
            : null;

    /// <summary>Runs <c>dotnet DLL ARGUMENTS</c> as so many ranks, one thread each, and waits.</summary>
    public static (int ExitCode, string Output, string Error) Run(int ranks, string dll, params IReadOnlyList<string> arguments)
    {
        using var process = Start(ranks, dll, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Longest))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"mpirun did not end within {Longest}: {error.Result}");
        }
        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts it; its output is redirected.</summary>
    public static Process Start(int ranks, string dll, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(
            Program ?? throw new InvalidOperationException("no mpirun found on the path, and ASSAY_NEEDS_MPI=1 wants one: run ./run mpi")
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] own =
        [
            "--oversubscribe",
            "--bind-to",
            "none",
            .. Environment.IsPrivilegedProcess ? ["--allow-run-as-root"] : Array.Empty<string>(),
            "-n",
            ranks.ToString(CultureInfo.InvariantCulture),
            "dotnet",
            dll,
        ];
        foreach (var argument in own.Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = "1";
        // A rank that is killed would leave its debugger's sockets in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }
}
