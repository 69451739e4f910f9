using System.Text.Json;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Reward.Tests.DataParallel;

/// <summary>
/// Recorded runs of the reference by several processes over the path of GPUs, with a stand-in of NCCL and host memory as the devices':
/// sums on a stream of their own while the backward goes on. What a GPU computes is not tried here.
/// </summary>
public sealed class NcclTrajectoryTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assay-nccl-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SharedTheory]
    [InlineData(2, "a_default,d2_accumulate_uneven,g_bert,f_lora" + RankHost.Zero, 64)]
    [InlineData(4, "a_default,e_cosine_decay_clip" + RankHost.Zero, 32)]
    public void Recorded_runs_come_out_over_nccl_in_double_precision(int ranks, string names, int cases)
    {
        using var run = Start(ranks, [RankHost.Nccl, "replay", names, nameof(DType.Float64), folder]);
        Assert.True(run.End().All(code => code == 0), run.Output);
        RankedGoldens.Demand(Read(names), cases, output);
    }

    [MpiFact(needsShared: true)]
    public void Under_mpirun_tensors_go_by_nccl_and_who_does_not_wait_for_them_is_seen()
    {
        var (code, _, error) = Mpi("replay");
        Assert.True(code == 0, error);
        RankedGoldens.Demand(Read("a_default"), 16, output);
        // Streams that wait for nothing: the ranks end with different weights and say so, or with wrong ones.
        (code, _, error) = Mpi(RankHost.Careless, "replay");
        Assert.True(code != 0 || RankedGoldens.Differences(Read("a_default"), output).Count > 0, error);

        (int, string, string) Mpi(params string[] how) =>
            MpiRun.Run(2, typeof(RankHost).Assembly.Location, [RankHost.Nccl, .. how, "a_default", nameof(DType.Float64), folder]);
    }

    private Dictionary<string, RankedOutcome> Read(string names) =>
        names
            .Split(',')
            .ToDictionary(
                name => name,
                name => JsonSerializer.Deserialize<RankedOutcome>(File.ReadAllText(Path.Combine(folder, name + ".json")))!
            );

    private static TorchrunRun Start(int ranks, string[] arguments) =>
        TorchrunRun.Start(ranks, typeof(RankHost).Assembly.Location, arguments);
}
