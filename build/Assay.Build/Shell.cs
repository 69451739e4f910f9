using System.Diagnostics;

namespace Assay.Build;

/// <summary>Starts programs, in the repository's root unless told otherwise.</summary>
internal static class Shell
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below the root.</summary>
    public static string Within(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Announces a step, on standard error.</summary>
    public static void Say(string text) => Console.Error.WriteLine($"\n== {text}");

    /// <summary>Runs a program that writes where we write; gives its exit code.</summary>
    public static int Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Root })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Runs a program and shows all that it writes on standard error: standard output is for the closing line.</summary>
    public static int RunOnErrors(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = Quiet(program, arguments, environment);
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => WriteLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Runs a program and keeps what it writes.</summary>
    public static Finished Capture(
        string program,
        IEnumerable<string> arguments,
        string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var start = Quiet(program, arguments, environment);
        start.WorkingDirectory = folder ?? Root;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Finished(process.ExitCode, output, errors.Result);
    }

    private static ProcessStartInfo Quiet(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return start;
    }

    private static void WriteLine(string? line)
    {
        if (line is not null)
            Console.Error.WriteLine(line);
    }

    // The program lies in artifacts/bin/Assay.Build/release.
    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Assay.slnx")))
                return folder.FullName;
        throw new StepException($"{AppContext.BaseDirectory} is in no folder with an Assay.slnx: start ./run of a clone");
    }
}

/// <summary>What a program left: its exit code and what it wrote.</summary>
internal sealed record Finished(int ExitCode, string Output, string Errors)
{
    public string Everything => Output + Errors;
}
