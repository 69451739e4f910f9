using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Cli.Outputs;

namespace Assay.Cli.Tests.Outputs;

/// <summary>Two processes on one output: the second is refused by the first's name; what a dead one left is taken.</summary>
[Collection("console")]
public sealed class OutputLockTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    private static string Holder(int process, DateTime started, string machine) =>
        new JsonObject
        {
            ["Process"] = process,
            ["Started"] = started,
            ["Machine"] = machine,
            ["Verb"] = "train",
        }.ToJsonString();

    private string[] Check => ["check", "--data", _work.Pairs("pairs.jsonl"), "--output-dir", _work["out"]];

    [Fact]
    public async Task A_second_process_is_refused_by_the_firsts_number_and_start_and_the_lock_goes_with_the_first()
    {
        using var other = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        try
        {
            var started = other.StartTime.ToUniversalTime();
            _work.Write("out/.assay-lock", Holder(other.Id, started, Environment.MachineName));
            var error = await _work.Refused(
                $"is being written by process {other.Id} (assay train, started {started.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC)",
                Check
            );
            Assert.Single(error.TrimEnd().Split('\n'));
        }
        finally
        {
            other.Kill();
            await other.WaitForExitAsync();
        }
        var (_, said) = await Workplace.Succeed(Check);
        Assert.Contains($"process {other.Id} (assay train", said, StringComparison.Ordinal);
        Assert.Contains("which is gone", said, StringComparison.Ordinal);
        Assert.False(File.Exists(_work["out/.assay-lock"]));
    }

    [Theory]
    [InlineData(0)] // this very process's number, of an earlier start: numbers come round, in containers at once
    [InlineData(1)]
    public async Task A_number_that_another_process_has_now_does_not_keep_a_stale_lock_alive(int first)
    {
        _work.Write(
            "out/.assay-lock",
            Holder(first == 0 ? Environment.ProcessId : first, DateTime.UtcNow.AddDays(-100), Environment.MachineName)
        );
        var (_, said) = await Workplace.Succeed(Check);
        Assert.Contains("which is gone", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_of_another_machine_is_respected_and_a_half_written_one_taken()
    {
        _work.Write("out/.assay-lock", Holder(7, DateTime.UtcNow, "another-machine"));
        await _work.Refused("on another-machine", Check);
        _work.Write("out/.assay-lock", "{\"Proc");
        await Workplace.Succeed(Check);
    }

    [Fact]
    public void Of_many_who_ask_at_once_one_gets_it_also_when_a_stale_one_is_there()
    {
        Directory.CreateDirectory(_work["out"]);
        for (var round = 0; round < 20; round++)
        {
            if (round % 2 == 1)
                _work.Write("out/lock", Holder(1, DateTime.UtcNow.AddDays(-100), Environment.MachineName));
            var taken = new System.Collections.Concurrent.ConcurrentBag<OutputLock>();
            Parallel.For(
                0,
                8,
                new ParallelOptions { MaxDegreeOfParallelism = 8 },
                _ =>
                {
                    try
                    {
                        taken.Add(OutputLock.Take(_work["out/lock"], "out", "check"));
                    }
                    catch (UsageException)
                    {
                        // One of the seven others.
                    }
                }
            );
            Assert.Single(taken);
            foreach (var held in taken)
                held.Dispose();
            Assert.Empty(Directory.GetFiles(_work["out"]));
        }
    }
}
