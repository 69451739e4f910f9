using System.Diagnostics;
using System.Globalization;
using Assay.Testing;

namespace Assay.Cli.Tests.DataParallel;

/// <summary>Verbs under mpirun: what one process writes, several write; and what is said where they cannot go on.</summary>
[Collection("console")]
public sealed class RankedVerbTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "assay.dll");
    private static readonly string Model = SharedInputs.Root is null
        ? ""
        : SharedInputs.PathOf("goldens", "training", "checkpoints", "llama-rm");

    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    [MpiFact(needsShared: true)]
    public async Task Scores_of_several_processes_are_byte_for_byte_those_of_one()
    {
        var pairs = _work.Pairs("pairs.jsonl", 40);
        await Workplace.Succeed("score", "--model", Model, "--input", pairs, "--output", _work["one.jsonl"]);
        await Workplace.Succeed("eval", "--model", Model, "--data", pairs, "--output-dir", _work["eval-1"]);
        foreach (var ranks in (int[])[2, 3])
        {
            var output = _work[$"several-{ranks}.jsonl"];
            Succeed(ranks, "score", "--model", Model, "--input", pairs, "--output", output);
            Assert.Equal(File.ReadAllBytes(_work["one.jsonl"]), File.ReadAllBytes(output));
        }
        Succeed(2, "eval", "--model", Model, "--data", pairs, "--output-dir", _work["eval-2"]);
        Assert.Equal(File.ReadAllBytes(_work["eval-1/scores.jsonl"]), File.ReadAllBytes(_work["eval-2/scores.jsonl"]));
        // The comparison can fail: another model's scores are other bytes.
        Succeed(
            2,
            "score",
            "--model",
            SharedInputs.PathOf("goldens", "training", "checkpoints", "bert-rm"),
            "--input",
            pairs,
            "--output",
            _work["other.jsonl"],
            "--chat-template",
            "plain"
        );
        Assert.NotEqual(File.ReadAllBytes(_work["one.jsonl"]), File.ReadAllBytes(_work["other.jsonl"]));
    }

    [MpiFact(needsShared: true)]
    public void A_training_that_cannot_be_one_is_refused_with_rank_and_host()
    {
        string pairs = _work.Pairs("pairs.jsonl"),
            others = _work.Pairs("others.jsonl", 24, "riddle");
        var own = Train(pairs);
        var (code, error) = Mixed(own, [.. own, "--learning-rate", "0.5"]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(
            $"rank 1 on {Environment.MachineName} has setting learning_rate 0.5, rank 0 on {Environment.MachineName} has",
            error,
            StringComparison.Ordinal
        );
        (code, error) = Mixed(own, Train(others));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains($"rank 1 on {Environment.MachineName} has rows to train on with SHA-256", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_work["out/train_log.jsonl"]));

        (code, _, error) = MpiRun.Run(2, Program, "check", "--data", pairs, "--output-dir", _work["checked"]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("mpirun started 2 processes, and assay check is one", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_work["checked"]));
    }

    [MpiTheory(needsShared: true)]
    [InlineData("KILL", "process rank 1")]
    [InlineData("STOP", "has given no sign of life for 2 s")]
    public async Task A_lost_rank_is_named_and_its_run_goes_on_from_the_last_checkpoint(string signal, string named)
    {
        string[] train =
        [
            .. Train(_work.Pairs("pairs.jsonl")),
            "--max-steps",
            "100000",
            "--save-steps",
            "5",
            "--save-total-limit",
            "2",
            "--rank-timeout",
            "2",
        ];
        using (var run = MpiRun.Start(2, Program, train))
        {
            var (output, error) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
            var clock = Stopwatch.StartNew();
            while (!Directory.Exists(_work["out"]) || !Directory.EnumerateDirectories(_work["out"], "checkpoint-*").Any())
            {
                Assert.True(
                    clock.Elapsed < TimeSpan.FromMinutes(1) && !run.HasExited,
                    error.IsCompleted ? error.Result : "no checkpoint came"
                );
                Thread.Sleep(50);
            }
            var first = RankOf(run, 0);
            Process.Start("kill", ["-" + signal, RankOf(run, 1).ToString(CultureInfo.InvariantCulture)]).WaitForExit();
            Assert.True(run.WaitForExit(TimeSpan.FromSeconds(40)), "it did not end");
            Assert.NotEqual(0, run.ExitCode);
            // mpirun does not wait for those that it stops, and the first writes a last checkpoint.
            Assert.True(SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{first}"), TimeSpan.FromSeconds(30)), "rank 0 did not end");
            var said = await output + await error;
            Assert.Contains(named, said, StringComparison.Ordinal);
            if (signal == "STOP")
                Assert.Contains($"rank 1 on {Environment.MachineName}", said, StringComparison.Ordinal);
        }
        // What is left is whole, and goes on by one process until it is stopped.
        using var rest = Workplace.Start([.. train, "--resume"]);
        var told = rest.StandardError.ReadToEndAsync();
        Assert.False(rest.WaitForExit(TimeSpan.FromSeconds(6)), told.IsCompleted ? told.Result : "");
        Process.Start("kill", ["-TERM", rest.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        Assert.True(rest.WaitForExit(TimeSpan.FromSeconds(30)), "it did not stop");
        Assert.Equal(ExitCode.Terminated, rest.ExitCode);
    }

    private string[] Train(string pairs) =>
        ["train", "--model", Model, "--data", pairs, "--output-dir", _work["out"], "--logging-steps", "1"];

    // The process of a rank, by the variable that mpirun gave it.
    private static int RankOf(Process mpirun, int rank) =>
        Process
            .GetProcessesByName("dotnet")
            .Select(process => process.Id)
            .First(id =>
                Read($"/proc/{id}/environ").Split('\0').Contains($"OMPI_COMM_WORLD_RANK={rank}")
                && Read($"/proc/{id}/status").Split('\n').Contains($"PPid:\t{mpirun.Id}")
            );

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // of another user, or gone
        }
    }

    private static void Succeed(int ranks, params string[] arguments)
    {
        var (code, output, error) = MpiRun.Run(ranks, Program, arguments);
        Assert.True(code == 0, output + error);
    }

    // Two ranks with command lines of their own.
    private static (int Code, string Error) Mixed(string[] first, string[] second)
    {
        var (code, _, error) = MpiRun.Run(1, Program, [.. first, ":", "-n", "1", "dotnet", Program, .. second]);
        return (code, error);
    }
}
