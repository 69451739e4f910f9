using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Assay.Cli.Tests;

/// <summary>A folder for one test, and the verbs run in it.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-verbs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public string this[string name] => Path.Combine(_folder, name);

    public string Write(string name, params IEnumerable<string> lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllLines(this[name], lines);
        return this[name];
    }

    /// <summary>Pairs of distinct prompts; those of another beginning share none.</summary>
    public string Pairs(string name, int count = 24, string about = "question") =>
        Write(
            name,
            Enumerable
                .Range(1, count)
                .Select(i =>
                    new JsonObject
                    {
                        ["id"] = $"{about}-{i}",
                        ["prompt"] = new JsonArray(Turn("user", $"{about} number {i}?")),
                        ["chosen"] = new JsonArray(Turn("assistant", $"yes, the {about} {i} it is")),
                        ["rejected"] = new JsonArray(Turn("assistant", $"no {i}")),
                    }.ToJsonString()
                )
        );

    private static JsonObject Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };

    /// <summary>What every file holds, so that a test can say that nothing was touched.</summary>
    public Dictionary<string, string> Contents() =>
        new DirectoryInfo(_folder)
            .EnumerateFileSystemInfos(
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
            )
            .OfType<FileInfo>()
            .Select(file => file.FullName)
            .ToDictionary(path => Path.GetRelativePath(_folder, path), path => Convert.ToHexString(File.ReadAllBytes(path)));

    /// <summary>Runs a verb that has to be refused as bad input with one line that says this, and that touches nothing.</summary>
    public async Task<string> Refused(string expected, params string[] arguments)
    {
        var before = Contents();
        var (code, output, error) = await CommandLine.Run(arguments);
        Assert.True(code == ExitCode.BadInput, $"{string.Join(' ', arguments)}: exit {code}\n{error}\n{output}");
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
        return error;
    }

    public static async Task<(string Out, string Error)> Succeed(params string[] arguments)
    {
        var (code, output, error) = await CommandLine.Run(arguments);
        Assert.True(code == ExitCode.Success, $"{string.Join(' ', arguments)}: exit {code}\n{error}\n{output}");
        return (output, error);
    }

    /// <summary>The command line as a process of its own.</summary>
    public static Process Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments.Prepend(Path.Combine(AppContext.BaseDirectory, "assay.dll")))
            start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = "1";
        // Killed, it would leave its debugger's sockets in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }
}
