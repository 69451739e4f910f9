using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Training;

/// <summary>
/// Real processes, stopped at moments that nothing in the run knows of, and gone on with: the weights are the uninterrupted run's bit for
/// bit, and the log has each line once. <c>ASSAY_STOP_MOMENTS</c> says how many moments of each kind; a few by default.
/// </summary>
public sealed class RandomStopTests(ITestOutputHelper output) : IDisposable
{
    private const int Sigterm = 15,
        Terminated = 143,
        Seed = 20261128;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly int Moments = int.Parse(
        Environment.GetEnvironmentVariable("ASSAY_STOP_MOMENTS") ?? "2",
        CultureInfo.InvariantCulture
    );

    private readonly Workplace work = new();

    public void Dispose() => work.Dispose();

    private Process Start(string name, params IEnumerable<string> more) =>
        Workplace.Start([
            "train",
            "--model",
            SharedInputs.PathOf("goldens", "training", "checkpoints", "llama-rm"),
            "--data",
            SharedInputs.PathOf("goldens", "training", "data", "train.jsonl"),
            "--eval-data",
            SharedInputs.PathOf("goldens", "training", "data", "eval.jsonl"),
            "--output-dir",
            work[name],
            "--per-device-train-batch-size",
            "4",
            "--logging-steps",
            "1",
            "--eval-strategy",
            "steps",
            "--eval-steps",
            "5",
            "--save-steps",
            "3",
            "--save-total-limit",
            "2",
            "--load-best-model-at-end",
            "--metric-for-best-model",
            "accuracy",
            "--json",
            .. more,
        ]);

    private static (int Exit, string Errors) Finish(Process process)
    {
        using (process)
        {
            var results = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd();
            Assert.True(process.WaitForExit(Patience) && results.Wait(Patience), "still running");
            return (process.ExitCode, errors);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);

    private List<string> Log(string name) =>
        [.. File.ReadLines(Path.Combine(work[name], "train_log.jsonl")).Where(line => !line.Contains("train_runtime"))];

    // -1 before there is a run, 0 before its first step; the log may be cut off in the middle of a line.
    private int StepOf(string name)
    {
        if (!File.Exists(Path.Combine(work[name], "run.json")))
            return -1;
        var log = Path.Combine(work[name], "train_log.jsonl");
        using var stream = File.Exists(log)
            ? new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            : null;
        return stream is null ? 0 : new StreamReader(stream).ReadToEnd().Split('\n').Count(line => line.Contains("grad_norm"));
    }

    private byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(work[name], "model.safetensors"));

    private JsonNode Run(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(work[name], "run.json")))!;

    [SharedFact]
    public void Stopped_at_any_moment_a_run_goes_on_to_the_same_bits_and_each_step_is_logged_once()
    {
        Assert.Equal(0, Finish(Start("whole")).Exit);
        var steps = Run("whole")["summary"]!["step"]!.GetValue<int>();
        Assert.Equal(Log("whole").Count, Log("whole").Distinct().Count());
        Assert.True(Run("whole")["summary"]!["best_step"] is not null);

        var random = new Random(Seed);
        var stopped = new List<string>();
        foreach (
            var (moment, isKill) in Enumerable.Range(0, 2 * Moments).Select(i => (i, isKill: i % 2 == 0 || OperatingSystem.IsWindows()))
        )
        {
            var name = $"{(isKill ? "killed" : "terminated")}-{moment}";
            // From the first moment at which there is a run to its end: some step, and some time into what follows it.
            var (step, delay) = (random.Next(steps + 1), random.Next(40));
            var process = Start(name);
            while (StepOf(name) < step && !process.HasExited)
                Thread.Sleep(1);
            Thread.Sleep(delay);
            if (isKill)
                process.Kill();
            else
                _ = Signal(process.Id, Sigterm);
            var (exit, errors) = Finish(process);
            // A process that had ended by itself, or was past its last step, was not stopped.
            if (exit != 0)
            {
                stopped.Add(
                    $"{name} {delay} ms after step {step}: {StepOf(name)} steps logged, {Directory.GetDirectories(work[name], "checkpoint-*").Length} checkpoints"
                );
                if (!isKill)
                {
                    Assert.True(exit == Terminated, $"{name}: exit {exit}: {errors}");
                    Assert.Equal("stopped", Run(name)["state"]!.GetValue<string>());
                }
                (exit, errors) = Finish(Start(name, "--resume"));
                Assert.True(exit == 0, $"{name}: {errors}");
            }
            Assert.True(Log("whole").SequenceEqual(Log(name)), $"{string.Join("\n", stopped)}\n{string.Join("\n", Log(name))}");
            Assert.True(Weights("whole").AsSpan().SequenceEqual(Weights(name)), string.Join("\n", stopped));
            Assert.Equal("finished", Run(name)["state"]!.GetValue<string>());
            Directory.Delete(work[name], recursive: true);
        }
        output.WriteLine($"stopped {stopped.Count} of {2 * Moments} runs of {steps} steps\n{string.Join("\n", stopped)}");
        Assert.NotEmpty(stopped);
    }

    [SharedFact]
    public void A_file_that_outgrows_what_is_allowed_stops_the_run_with_its_name_and_the_earlier_checkpoint_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no limit on the size of a process's files");
        Assert.Equal(0, Finish(Start("whole")).Exit);
        var first = Start("full");
        while (!Directory.Exists(work["full/checkpoint-3"]) && !first.HasExited)
            Thread.Sleep(1);
        _ = Signal(first.Id, Sigterm);
        Assert.Equal(Terminated, Finish(first).Exit);
        var checkpoint = Directory
            .GetDirectories(work["full"], "checkpoint-*")
            .MaxBy(folder => int.Parse(folder[(folder.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture))!;
        var held = Directory.GetFiles(checkpoint).ToDictionary(file => file, File.ReadAllBytes);

        var limited = new ProcessStartInfo("sh") { RedirectStandardError = true, RedirectStandardOutput = true };
        using (var same = Start("full", "--resume"))
        {
            same.Kill();
            same.WaitForExit();
            // In blocks of 512 bytes or 1 KiB: below the weights' size on every system. The runtime maps memory files of its own unless
            // told not to.
            foreach (
                var argument in (string[])["-c", "trap '' XFSZ; ulimit -f 16; exec dotnet \"$@\"", "sh", .. same.StartInfo.ArgumentList]
            )
                limited.ArgumentList.Add(argument);
        }
        (limited.Environment["DOTNET_EnableWriteXorExecute"], limited.Environment["OMP_NUM_THREADS"]) = ("0", "1");
        var (exit, errors) = Finish(Process.Start(limited)!);
        Assert.True(exit == ExitCode.BadInput, $"{exit}: {errors}");
        Assert.Contains("could not be written", errors);
        Assert.Contains("are free there", errors);
        Assert.Contains("--resume", errors);
        Assert.Equal("failed", Run("full")["state"]!.GetValue<string>());
        Assert.Empty(Directory.GetDirectories(work["full"], ".writing-*"));
        foreach (var (file, bytes) in held)
            Assert.Equal(bytes, File.ReadAllBytes(file));

        Assert.Equal(0, Finish(Start("full", "--resume")).Exit);
        Assert.Equal(Log("whole"), Log("full"));
        Assert.Equal(Weights("whole"), Weights("full"));
    }

    [SharedFact]
    public void Two_processes_cannot_write_one_run_and_a_signal_that_is_ignored_from_the_start_does_no_harm()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that one process sends another");
        using var first = new Process
        {
            StartInfo = new ProcessStartInfo("sh") { RedirectStandardError = true, RedirectStandardOutput = true },
        };
        using (var same = Start("out", "--num-train-epochs", "300"))
        {
            same.Kill();
            same.WaitForExit();
            // As nohup and a shell's & leave them.
            foreach (var argument in (string[])["-c", "trap '' HUP INT; exec dotnet \"$@\"", "sh", .. same.StartInfo.ArgumentList])
                first.StartInfo.ArgumentList.Add(argument);
        }
        first.StartInfo.Environment["OMP_NUM_THREADS"] = "1";
        Assert.True(first.Start());
        while (!Directory.Exists(work["out/checkpoint-3"]) && !first.HasExited)
            Thread.Sleep(1);
        foreach (
            var more in (string[][])
                [
                    [],
                    ["--resume"],
                ]
        )
        {
            var (exit, errors) = Finish(Start("out", more));
            Assert.Equal(ExitCode.BadInput, exit);
            Assert.Contains($"is being written by process {first.Id} (assay train", errors);
        }
        Assert.Equal(0, Signal(first.Id, 1)); // SIGHUP, which nohup has it ignore
        Thread.Sleep(100);
        Assert.False(first.HasExited);
        Assert.Equal(0, Signal(first.Id, Sigterm));
        Assert.Equal(Terminated, Finish(first).Exit);
        // Whoever is killed leaves a lock, which binds nobody.
        var killed = Start("out", "--num-train-epochs", "300", "--resume");
        var last = Directory.GetDirectories(work["out"], "checkpoint-*").Length;
        while (!File.Exists(work["out/.assay-lock"]) && !killed.HasExited)
            Thread.Sleep(1);
        killed.Kill();
        Assert.NotEqual(0, Finish(killed).Exit);
        var (code, told) = Finish(Start("out", "--num-train-epochs", "300", "--resume", "--max-steps", "1"));
        Assert.DoesNotContain("is being written by", told); // refused for its other settings, or gone on with
        Assert.Contains(code == 0 ? "" : "was written with", told);
        Assert.True(last > 0);
    }
}
