using System.Runtime.InteropServices;
using System.Text.Json;
using Assay.Ground.Files;
using Assay.Models;
using Assay.Ranks;
using Assay.Ranks.Nccl;
using Assay.Reward.Tests.Training;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Testing.StandIns;
using Assay.Torch;
using Xunit.Runner.InProc.SystemConsole;

namespace Assay.Reward.Tests.DataParallel;

/// <summary>
/// What the tests of several processes start under mpirun: a rank that runs recorded trainings. The first rank writes what came out, and
/// every rank fails where its weights are not the first one's. Without their arguments: the tests themselves.
/// </summary>
internal static class RankHost
{
    /// <summary>Behind a run's name: with the moments divided.</summary>
    public const string Zero = "+zero";

    /// <summary>As first argument: over stand-ins of NCCL and CUDA, with host memory as the device's.</summary>
    public const string Nccl = "nccl";

    /// <summary>After it: with streams that wait for nothing.</summary>
    public const string Careless = "careless";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not ["replay" or "checkpoint" or Nccl, ..])
            return await ConsoleRunner.Run(arguments);
        try
        {
            var ranks = arguments[0] == Nccl ? OverNccl() : Communicator.Join(Silence, Console.Error.WriteLine);
            arguments = arguments[0] == Nccl ? arguments[1..] : arguments;
            if (arguments[0] == Careless)
            {
                (CudaStandIn.IgnoresWaits, NcclStandIn.Delay, arguments) = (true, TimeSpan.FromMilliseconds(50), arguments[1..]);
            }
            switch (arguments)
            {
                case ["replay", var names, var type, var folder]:
                    foreach (var name in names.Split(','))
                        Replay(ranks, name, Enum.Parse<DType>(type), folder);
                    break;
                case ["checkpoint", var folder, var stopAfter, .. var more]:
                    Checkpoint(ranks, folder, long.Parse(stopAfter), more is [Zero] ? 1 : 0);
                    break;
                default:
                    Console.Error.WriteLine($"rank host: what is {string.Join(' ', arguments)}?");
                    return 2;
            }
            ranks.Finish();
            return 0;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(error);
            return 1;
        }
    }

    private static Communicator OverNccl()
    {
        var (nccl, cuda, place) = (
            new NcclLibrary("stand-in", NcclStandIn.Export),
            new CudaDriver(CudaStandIn.Export),
            new CudaPlace(0, () => 0, null)
        );
        var launcher = Launcher.Find()!;
        if (!launcher.HasMpi)
            return NcclCommunicator.Join(launcher, nccl, cuda, place, Silence, Console.Error.WriteLine, null);
        var ranks = MpiCommunicator.Join(launcher, Silence, Console.Error.WriteLine);
        ranks.Join(nccl, cuda, place);
        return ranks;
    }

    private static void Replay(Communicator ranks, string name, DType type, string folder)
    {
        var run = RecordedRun.Read(name.Replace(Zero, "", StringComparison.Ordinal));
        var outcome = run.Replay(
            run.Settings with
            {
                ZeroStage = name.EndsWith(Zero, StringComparison.Ordinal) ? 1 : 0,
            },
            dtype: type,
            ranks: ranks
        );
        DemandAlike(ranks, outcome.Weights);
        if (ranks.IsFirst)
            File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(RankedOutcome.Of(outcome)));
    }

    // i_resume as CheckpointTests runs it: a checkpoint after 11 updates, and on from the newest one where there is one.
    private static void Checkpoint(Communicator ranks, string folder, long stopAfter, int zeroStage)
    {
        var run = RecordedRun.Read("i_resume");
        var checkpoint = TrainingCheckpoint.Newest(folder);
        ranks.Barrier();
        using var network = RewardNetwork.Load(checkpoint?.Folder ?? run.CheckpointPath).Network;
        using var stop = new CancellationTokenSource();
        var settings = run.Settings with { SaveStrategy = "steps", SaveSteps = 11, LoggingSteps = 3, ZeroStage = zeroStage };
        var trainer = new RewardTrainer(network, settings, run.Train, [], TimeProvider.System)
        {
            Ranks = ranks,
            Observer = new TrainingObserver { Updated = update => StopAfter(update.Step) },
        };
        checkpoint?.RequireSameRun(settings, trainer.DataFingerprint());
        try
        {
            trainer.Run(folder, checkpoint, stop.Token);
        }
        catch (OperationCanceledException) { }
        var weights = RecordedRun.WeightsOf(network);
        DemandAlike(ranks, weights);
        if (ranks.IsFirst)
            File.WriteAllText(Path.Combine(folder, "weights.json"), JsonSerializer.Serialize(weights));

        // One rank is told to stop; all have to.
        void StopAfter(long step)
        {
            if (step == stopAfter && ranks.Rank == ranks.Size - 1)
                stop.Cancel();
        }
    }

    private static void DemandAlike(Communicator ranks, Dictionary<string, float[]> weights) =>
        ranks.Agree(
            [.. weights.Select(one => (one.Key, ContentHash.Of(MemoryMarshal.AsBytes(one.Value.AsSpan()))))],
            "ranks must end with the same weights"
        );
}
