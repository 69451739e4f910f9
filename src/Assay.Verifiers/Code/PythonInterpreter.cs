using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Assay.Verifiers.Sandboxing;

namespace Assay.Verifiers.Code;

/// <summary>A python3 of this machine.</summary>
/// <param name="Path">The program itself, behind what stands in for it on PATH.</param>
/// <param name="Folders">What it reads: its prefix, its environment's, where its modules lie.</param>
internal sealed record PythonInterpreter(string Path, IReadOnlyList<string> Folders)
{
    private const string Ask =
        "import json, os, sys; print(json.dumps([sys.version_info[:2], os.path.abspath(sys.executable), sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable)), *sys.path]))";

    /// <param name="named">Its name or path; null for the first python3 of PATH.</param>
    /// <exception cref="SandboxException">There is none, or it is older than 3.8.</exception>
    public static PythonInterpreter Find(string? named)
    {
        var program =
            named is null ? SystemTool.OnPath("python3")
            : named.Contains('/', StringComparison.Ordinal) ? named
            : SystemTool.OnPath(named);
        if (program is null || !File.Exists(program))
            throw new SandboxException($"{named ?? "python3"} not found: tests in Python want one (--python PATH)");
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, ["-I", "-c", Ask]) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new SandboxException($"{program} does not run: exit code {process.ExitCode}");
            var facts = JsonDocument.Parse(said).RootElement.EnumerateArray().ToArray();
            if (facts[0][0].GetInt32() != 3 || facts[0][1].GetInt32() < 8)
                throw new SandboxException($"{program} is Python {facts[0][0]}.{facts[0][1]}, wanted 3.8 or later (--python PATH)");
            // A home, or the whole system, is not shown for a module's sake.
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return new PythonInterpreter(
                facts[1].GetString()!,
                [
                    .. facts[2..]
                        .Select(folder => folder.GetString()!)
                        .Where(folder => Directory.Exists(folder) && folder != home && folder.Count(letter => letter == '/') > 1)
                        .Distinct(),
                ]
            );
        }
        catch (Exception error) when (error is Win32Exception or JsonException)
        {
            throw new SandboxException($"{program} does not run as Python: {error.Message}");
        }
    }
}
