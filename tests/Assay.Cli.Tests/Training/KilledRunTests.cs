using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Training;

/// <summary>
/// Real processes: one that is killed outright, and one that is asked to stop, both go on to what an uninterrupted run writes.
/// </summary>
public sealed class KilledRunTests : IDisposable
{
    private const int Sigint = 130;
    private const int Sigterm = 143;
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string folder = Directory.CreateTempSubdirectory("assay-killed-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Output(string name) => Path.Combine(folder, name);

    private Process Start(string name, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "assay.dll"),
            "train",
            "--model",
            SharedInputs.PathOf("goldens", "training", "checkpoints", "llama-rm"),
            "--data",
            SharedInputs.PathOf("goldens", "training", "data", "train.jsonl"),
            "--eval-data",
            SharedInputs.PathOf("goldens", "training", "data", "eval.jsonl"),
            "--output-dir",
            Output(name),
            "--num-train-epochs",
            "4",
            "--per-device-train-batch-size",
            "4",
            "--logging-steps",
            "3",
            "--save-steps",
            "4",
            "--eval-strategy",
            "steps",
            "--eval-steps",
            "20",
            "--json",
            .. more,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // killed, it leaves no debugger's sockets behind
        start.Environment["OMP_NUM_THREADS"] = "1"; // beside other tests, spinning threads slow each other down
        return Process.Start(start)!;
    }

    private static (int Exit, string Errors) Finish(Process process)
    {
        using (process)
        {
            var results = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd();
            Assert.True(process.WaitForExit(Patience), "still running");
            Assert.True(results.IsCompleted || results.Wait(Patience));
            return (process.ExitCode, errors);
        }
    }

    private Process RunUntil(string name, int checkpoint)
    {
        var process = Start(name);
        var waited = Stopwatch.StartNew();
        while (!Directory.Exists(Path.Combine(Output(name), $"checkpoint-{checkpoint}")))
        {
            Assert.True(!process.HasExited && waited.Elapsed < Patience, "it ended, or took too long, before its checkpoint");
            Thread.Sleep(5);
        }
        return process;
    }

    // Speeds differ from run to run, everything else may not.
    private static List<string> Log(string output) =>
        [.. File.ReadLines(Path.Combine(output, "train_log.jsonl")).Where(line => !line.Contains("train_runtime"))];

    private void AssertSameAsUninterrupted(string name)
    {
        Assert.Equal(Log(Output("whole")), Log(Output(name)));
        Assert.True(
            File.ReadAllBytes(Path.Combine(Output("whole"), "model.safetensors"))
                .AsSpan()
                .SequenceEqual(File.ReadAllBytes(Path.Combine(Output(name), "model.safetensors")))
        );
        Assert.Equal("finished", State(name));
    }

    // A process started for it would come too late on a busy machine: the whole run takes a second.
    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);

    private static bool IsInterruptIgnored() =>
        OperatingSystem.IsLinux()
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
        && (Convert.ToInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1L << (Interrupt - 1))) != 0;

    private string State(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Output(name), "run.json")))!["state"]!.GetValue<string>();

    [SharedFact]
    public void Killed_or_stopped_in_the_middle_a_run_goes_on_to_the_same_losses_and_weights()
    {
        Assert.Equal(0, Finish(Start("whole")).Exit);
        Assert.Equal(64 / 3 + 1 + 4, Log(Output("whole")).Count);

        var killed = RunUntil("killed", 8);
        killed.Kill();
        Assert.NotEqual(0, Finish(killed).Exit);
        Assert.Equal("running", State("killed"));
        Assert.Equal(0, Finish(Start("killed", "--resume")).Exit);
        AssertSameAsUninterrupted("killed");

        // Windows has no signal that one process sends another.
        if (OperatingSystem.IsWindows())
            return;
        var stopped = RunUntil("stopped", 4);
        // Tests that were started in the background have the terminal's signals ignored, and so has what they start.
        var (signal, wanted) = IsInterruptIgnored() ? (Terminate, Sigterm) : (Interrupt, Sigint);
        Assert.Equal(0, Signal(stopped.Id, signal));
        var (exit, errors) = Finish(stopped);
        Assert.Equal(wanted, exit);
        Assert.Contains("stopping after this update", errors);
        Assert.Equal("stopped", State("stopped"));
        Assert.Equal(0, Finish(Start("stopped", "--resume")).Exit);
        AssertSameAsUninterrupted("stopped");
    }
}
