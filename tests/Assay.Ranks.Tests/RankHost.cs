using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Assay.Ranks.Nccl;
using Assay.Testing.StandIns;
using Xunit.Runner.InProc.SystemConsole;

namespace Assay.Ranks.Tests;

/// <summary>
/// What the tests of several processes start under mpirun: it prints what a rank saw, or its error. Else the tests themselves.
/// </summary>
internal static class RankHost
{
    /// <summary>Says that a rank is ready, with its process.</summary>
    public const string Ready = "ready";

    /// <summary>As first argument lets them work over the stand-ins of CUDA and NCCL.</summary>
    public const string WithNccl = "nccl";

    public static async Task<int> Main(string[] given)
    {
        var isNccl = given is [WithNccl, ..];
        var arguments = isNccl ? given[1..] : given;
        if (arguments is not [_, "collectives" or "agree" or "wait" or "nccl-fails" or "nccl-order", ..])
            return await ConsoleRunner.Run(given);
        try
        {
            var ranks = Join(
                isNccl,
                TimeSpan.FromSeconds(double.Parse(arguments[0], CultureInfo.InvariantCulture)),
                text => Console.WriteLine($"noticed by {Launcher.Find()!.Rank}: {text}")
            );
            switch (arguments[1])
            {
                case "collectives":
                    Collectives(ranks);
                    OfTensors(ranks);
                    break;
                case "agree":
                    ranks.Agree(
                        [("version", "1"), ("setting learning_rate", ranks.Rank == 1 ? "0.2" : "0.1")],
                        "start every rank with the same flags"
                    );
                    break;
                case "wait":
                    Wait(
                        ranks,
                        int.Parse(arguments[2], CultureInfo.InvariantCulture),
                        TimeSpan.FromSeconds(double.Parse(arguments[3], CultureInfo.InvariantCulture))
                    );
                    break;
                case "nccl-fails":
                    NcclStandIn.FailsAt = ranks.Rank == 1 ? 3 : 0;
                    for (var i = 0; i < 5; i++)
                        ranks.AllReduce([1f]);
                    break;
                case "nccl-order":
                    if (ranks.Rank == 1)
                        ranks.OfTensors.BeginBroadcast(Memory(), 8, 0).Wait();
                    ranks.AllReduce([1f, 2f, 3f]);
                    break;
            }
            ranks.Finish();
            return 0;
        }
        catch (RankFaultException fault)
        {
            Console.WriteLine($"fault: {fault.Message}");
            return 2;
        }
    }

    private static Communicator Join(bool isNccl, TimeSpan silence, Action<string> noticed)
    {
        if (!isNccl)
            return Communicator.Join(silence, noticed);
        var launcher = Launcher.Find()!;
        var (nccl, cuda, place) = (
            new NcclLibrary("stand-in", NcclStandIn.Export),
            new CudaDriver(CudaStandIn.Export),
            new CudaPlace(0, () => 0, null)
        );
        if (!launcher.HasMpi)
            return NcclCommunicator.Join(launcher, nccl, cuda, place, silence, noticed, null);
        var ranks = MpiCommunicator.Join(launcher, silence, noticed);
        ranks.Join(nccl, cuda, place);
        return ranks;
    }

    private static unsafe nint Memory() => (nint)NativeMemory.AllocZeroed(1024);

    // One rank is the last to come; the others wait for it.
    private static void Wait(Communicator ranks, int late, TimeSpan work)
    {
        Console.WriteLine($"{Ready} {ranks.Rank} {Environment.ProcessId}.");
        if (ranks.Rank == late)
            Thread.Sleep(work);
        ranks.Barrier();
        Console.WriteLine($"went on {ranks.Rank}");
    }

    // Several under way at once, on memory that nobody touches until it was waited for.
    private static unsafe void OfTensors(Communicator ranks)
    {
        var (rank, size) = (ranks.Rank, ranks.Size);
        var numbers = (double*)Memory();
        var first = (double*)Memory();
        var more = (float*)Memory();
        var bytes = (byte*)Memory();
        (numbers[0], numbers[1], more[2], bytes[3]) = (rank + 1, 0.5, rank, (byte)(rank + 40));
        (first[0], first[1]) = (rank + 1, 2);
        var pending = new[]
        {
            ranks.OfTensors.BeginAllReduce((nint)numbers, 2, isDouble: true),
            ranks.OfTensors.BeginReduce((nint)first, 2, isDouble: true, size - 1),
            ranks.OfTensors.BeginAllReduce((nint)more, 3, isDouble: false),
            ranks.OfTensors.BeginBroadcast((nint)bytes, 4, size - 1),
        };
        foreach (var one in pending)
            one.Wait();
        var sum = size * (size + 1) / 2;
        Demand(numbers[0] == sum && numbers[1] == size * 0.5, "a sum of tensors");
        Demand(rank != size - 1 || (first[0] == sum && first[1] == 2 * size), "a sum for one rank");
        Demand(more[2] == size * (size - 1) / 2, "a second sum of tensors");
        Demand(bytes[3] == size + 39, "a broadcast of tensors");
    }

    private static void Demand(bool isSo, string what)
    {
        if (!isSo)
            throw new RankFaultException($"{what} came out wrong");
    }

    private static void Collectives(Communicator ranks)
    {
        var (rank, size) = (ranks.Rank, ranks.Size);
        var sums = Enumerable.Range(0, 300_000).Select(i => (float)((i % 97) * (rank + 1))).ToArray();
        ranks.AllReduce(sums);
        Demand(sums.Index().All(one => one.Item == one.Index % 97 * (size * (size + 1) / 2)), "a sum of floats");
        var small = new double[] { rank, 0.5 };
        ranks.AllReduce(small);
        Demand(small is [var total, var halves] && total == size * (size - 1) / 2 && halves == size * 0.5, "a sum of doubles");
        var texts = ranks.AllGather(Encoding.UTF8.GetBytes(new string('x', rank * 3) + rank)).Select(Encoding.UTF8.GetString).ToList();
        Demand(texts.SequenceEqual(Enumerable.Range(0, size).Select(r => new string('x', r * 3) + r)), "a gathering of unequal lengths");
        Demand(ranks.BroadcastAny(ranks.IsFirst ? [7, 8, 9] : []) is [7, 8, 9], "a broadcast of any length");
        byte[] from = [(byte)rank];
        ranks.Broadcast(from, size - 1);
        Demand(from[0] == size - 1, "a broadcast of the last rank");
        Demand(ranks.OnThisHost == size && ranks.Hosts.Count == size, "hosts");
        Console.WriteLine($"fine {rank} of {size}");
    }
}
