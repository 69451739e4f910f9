using System.Diagnostics;
using System.Text.RegularExpressions;
using Assay.Testing;

namespace Assay.Ranks.Tests;

/// <summary>Real processes under mpirun: what they tell each other, and what is said when one is lost.</summary>
public class MpiTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [MpiTheory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Collectives_give_every_rank_the_same(int ranks)
    {
        var (code, output, error) = Run(ranks, "30", "collectives");
        Assert.True(code == 0, output + error);
        for (var rank = 0; rank < ranks; rank++)
            Assert.Contains($"fine {rank} of {ranks}", output);
    }

    [MpiFact]
    public void A_rank_that_differs_is_named_with_its_host_and_what_it_has()
    {
        var (code, output, _) = Run(3, "30", "agree");
        Assert.Equal(2, code);
        Assert.Contains(
            $"fault: rank 1 on {Environment.MachineName} has setting learning_rate 0.2, rank 0 on {Environment.MachineName} has 0.1: start every rank with the same flags",
            output
        );
    }

    [MpiFact]
    public void A_stopped_rank_is_named_after_the_stated_time_and_ends_all()
    {
        using var run = new Running(3, "3", "wait", "1", "600");
        var clock = Stopwatch.StartNew();
        Signal(run.Ranks[1], "STOP");
        var (code, output) = run.End();
        Assert.Equal(2, code);
        Assert.Contains($"fault: rank 1 on {Environment.MachineName} has given no sign of life for 3 s", output);
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(2), "it was named before its time");
        Assert.DoesNotContain("went on", output);
    }

    [MpiFact]
    public void A_first_rank_that_is_stopped_is_named_by_the_others()
    {
        using var run = new Running(2, "3", "wait", "0", "600");
        Signal(run.Ranks[0], "STOP");
        var (code, output) = run.End();
        Assert.Equal(2, code);
        Assert.Contains($"rank 0 on {Environment.MachineName} has given no sign of life for 3 s", output);
    }

    [MpiFact]
    public void A_rank_that_is_late_and_lives_is_named_and_waited_for()
    {
        var (code, output, error) = Run(2, "2", "wait", "1", "5");
        Assert.True(code == 0, output + error);
        Assert.Contains(
            $"noticed by 0: waiting for rank 1 on {Environment.MachineName} since 2 s: it answers, and has not come so far",
            output
        );
        Assert.Contains("went on 0", output);
        Assert.DoesNotContain("noticed", Run(2, "30", "wait", "1", "1").Output); // nobody was late by that measure
    }

    [MpiFact]
    public void A_killed_rank_ends_all_within_seconds()
    {
        using var run = new Running(2, "60", "wait", "1", "600");
        var clock = Stopwatch.StartNew();
        Signal(run.Ranks[1], "KILL");
        var (code, output) = run.End();
        Assert.NotEqual(0, code);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed}");
        Assert.Contains("process rank 1", output); // the launcher's own words, with the host
    }

    [Fact]
    public void What_cannot_be_joined_is_refused_with_what_to_call()
    {
        using var run = TorchrunRun.Start(2, typeof(RankHost).Assembly.Location, "30", "collectives");
        Assert.Equal([2, 2], run.End());
        Assert.Contains("torchrun (RANK, WORLD_SIZE) started 2 processes. Without a CUDA device", run.Output);
        Assert.Contains("mpirun -n 2 assay", run.Output);
    }

    private static (int ExitCode, string Output, string Error) Run(int ranks, params string[] arguments) =>
        MpiRun.Run(ranks, typeof(RankHost).Assembly.Location, arguments);

    private static void Signal(int process, string name) =>
        Process.Start("kill", ["-" + name, process.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();

    /// <summary>Ranks that have started and wait.</summary>
    private sealed class Running : IDisposable
    {
        private readonly Process process;
        private readonly List<string> lines = [];
        private readonly Task<string> error;

        public Running(int ranks, params string[] arguments)
        {
            process = MpiRun.Start(ranks, typeof(RankHost).Assembly.Location, arguments);
            error = process.StandardError.ReadToEndAsync();
            // Ranks speak at the same time, so that two may share a line.
            while (Ranks.Count < ranks && process.StandardOutput.ReadLine() is { } line)
            {
                lines.Add(line);
                foreach (Match said in Regex.Matches(line, $@"{RankHost.Ready} (\d+) (\d+)\."))
                    Ranks[int.Parse(said.Groups[1].Value)] = int.Parse(said.Groups[2].Value);
            }
            Assert.Equal(ranks, Ranks.Count);
        }

        /// <summary>The process of each rank.</summary>
        public Dictionary<int, int> Ranks { get; } = [];

        public (int ExitCode, string Output) End()
        {
            var rest = process.StandardOutput.ReadToEndAsync();
            Assert.True(process.WaitForExit(Patience), "it did not end");
            return (process.ExitCode, string.Join('\n', lines) + rest.Result + error.Result);
        }

        public void Dispose()
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }
}
