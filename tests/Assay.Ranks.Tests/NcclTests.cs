using System.Diagnostics;
using System.Globalization;
using Assay.Ranks.Nccl;
using Assay.Testing;
using Assay.Testing.StandIns;

namespace Assay.Ranks.Tests;

/// <summary>
/// Real processes over a stand-in of NCCL, which is declared by <c>nccl.h</c> and not by us: what they tell each other, and how each fault
/// ends. A GPU is not needed, and not tried.
/// </summary>
public class NcclTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Collectives_give_every_rank_the_same_without_mpi(int ranks)
    {
        using var run = Start(ranks, "30", "collectives");
        var codes = run.End();
        Assert.True(codes.All(code => code == 0), run.Output);
        for (var rank = 0; rank < ranks; rank++)
            Assert.Contains($"fine {rank} of {ranks}", run.Output);
    }

    [MpiFact]
    public void Under_mpirun_what_is_said_goes_by_mpi_and_tensors_by_nccl()
    {
        var (code, output, error) = MpiRun.Run(3, typeof(RankHost).Assembly.Location, RankHost.WithNccl, "30", "collectives");
        Assert.True(code == 0, output + error);
        Assert.Contains("fine 2 of 3", output);
    }

    [Fact]
    public void A_rank_that_differs_is_named_without_mpi_too()
    {
        using var run = Start(2, "30", "agree");
        Assert.Equal([2, 2], run.End());
        Assert.Contains($"fault: rank 1 on {Environment.MachineName} has setting learning_rate 0.2", run.Output);
    }

    [Fact]
    public void A_device_that_fails_ends_all_ranks_with_nccls_reason()
    {
        using var run = Start(2, "1", "nccl-fails");
        Assert.Equal([2, 2], run.End());
        Assert.Matches($"fault: rank 1 on {Environment.MachineName}: NCCL ended the work at collective 3 .*: internal error", run.Output);
        Assert.Matches($"fault: rank 0 on {Environment.MachineName}: NCCL ended the work.*: remote process exited", run.Output);
    }

    [Fact]
    public void A_killed_rank_ends_the_others_within_seconds()
    {
        using var run = Start(3, "60", "wait", "1", "600");
        var clock = Stopwatch.StartNew();
        run.Until(RankHost.Ready);
        run.Ranks[1].Kill();
        Assert.Equal([2, 2], run.End(0, 2));
        Assert.Matches("NCCL ended the work at collective .*: remote process exited or there was a network error", run.Output);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed}");
        Assert.DoesNotContain("went on", run.Output);
    }

    [Fact]
    public void A_stopped_rank_is_told_after_the_stated_time_and_ends_the_others_after_ten_times_that()
    {
        using var run = Start(2, "0.5", "wait", "1", "600");
        run.Until(RankHost.Ready);
        Process.Start("kill", ["-STOP", run.Ranks[1].Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        Assert.Equal([2], run.End(0));
        Assert.Contains($"noticed by 0: rank 0 on {Environment.MachineName} waits at collective", run.Output);
        Assert.Contains("since 0.5 s: not all ranks have come so far", run.Output);
        Assert.Contains("for 5 s, and not all ranks came", run.Output);
    }

    [Fact]
    public void A_rank_that_is_late_is_told_and_waited_for()
    {
        using var run = Start(2, "1", "wait", "1", "3");
        var codes = run.End();
        Assert.True(codes.All(code => code == 0), run.Output);
        Assert.Contains("noticed by 0", run.Output);
        Assert.Contains("went on 0", run.Output);
    }

    [Fact]
    public void Ranks_at_different_collectives_end_and_each_names_its_own()
    {
        using var run = Start(2, "0.3", "nccl-order");
        Assert.Equal([2, 2], run.End());
        // Whoever ends first says how long it waited; the other sees the connection go.
        Assert.Matches(@"fault: .*\(a sum of 3 numbers\)", run.Output);
        Assert.Matches(@"fault: .*\(a broadcast of 8 bytes by rank 0\)", run.Output);
        Assert.Contains("for 3 s, and not all ranks came", run.Output);
    }

    [Theory]
    [InlineData("MASTER_ADDR=node-1 MASTER_PORT=29500", "node-1:29500")]
    [InlineData("MASTER_ADDR=fd00::1 MASTER_PORT=29500", "[fd00::1]:29500")]
    [InlineData("MASTER_ADDR=node-1 MASTER_PORT=29500 TORCHELASTIC_USE_AGENT_STORE=True", "node-1:29501")] // torchrun's own port is taken
    public void Ranks_meet_where_the_launcher_says(string environment, string address) =>
        Assert.Equal(address, Rendezvous.Address(Variables(environment)));

    [Theory]
    [InlineData("MASTER_ADDR=node-1")]
    [InlineData("MASTER_ADDR=node-1 MASTER_PORT=a")]
    [InlineData("MASTER_ADDR=node-1 MASTER_PORT=0")]
    [InlineData("MASTER_PORT=29500")]
    public void A_place_to_meet_that_is_none_is_refused(string environment) =>
        Assert.Contains(
            "wanted the host of rank 0 and a port of it",
            Assert.Throws<RankFaultException>(() => Rendezvous.Address(Variables(environment))).Message
        );

    [Theory]
    [InlineData(2708, "2.7.8")]
    [InlineData(21304, "2.13.4")]
    [InlineData(22705, "2.27.5")]
    public void Versions_are_read_as_nccl_codes_them(int code, string version)
    {
        NcclStandIn.VersionCode = code;
        Assert.Equal(Version.Parse(version), new NcclLibrary("stand-in", NcclStandIn.Export).Version);
        if (code < 22200)
            Assert.Contains(
                "2.22 or later does it",
                Assert.Throws<RankFaultException>(() => Rendezvous.Prepare(new NcclLibrary("old", NcclStandIn.Export))).Message
            );
    }

    [Fact]
    public void A_library_that_lacks_a_function_is_refused_by_its_name()
    {
        var nccl = Assert.Throws<RankFaultException>(() =>
            new NcclLibrary("libother.so", name => name == "ncclReduce" ? 0 : NcclStandIn.Export(name))
        );
        Assert.Contains("libother.so is no NCCL that can be used: it has no ncclReduce", nccl.Message);
        Assert.Contains(
            "no cuEventQuery",
            Assert.Throws<RankFaultException>(() => new CudaDriver(name => name == "cuEventQuery" ? 0 : CudaStandIn.Export(name))).Message
        );
        // Here is none, or it may be used.
        if (Record.Exception(() => NcclLibrary.Load("/nowhere")) is { } missing)
            Assert.Contains("name its file in ASSAY_NCCL", missing.Message);
    }

    [Fact]
    public void A_unique_id_keeps_its_128_bytes()
    {
        byte[] bytes = [.. Enumerable.Range(0, NcclUniqueId.Length).Select(i => (byte)(i * 3))];
        Assert.Equal(bytes, NcclUniqueId.From(bytes).ToArray());
        Assert.Equal(128, System.Runtime.InteropServices.Marshal.SizeOf<NcclUniqueId>());
    }

    private static TorchrunRun Start(int ranks, params string[] arguments) =>
        TorchrunRun.Start(ranks, typeof(RankHost).Assembly.Location, [RankHost.WithNccl, .. arguments]);

    private static Func<string, string?> Variables(string environment) =>
        environment.Split(' ').Select(one => one.Split('=')).ToDictionary(one => one[0], one => one[1]).GetValueOrDefault;
}
