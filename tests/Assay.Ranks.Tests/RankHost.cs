using System.Globalization;
using System.Text;
using Xunit.Runner.InProc.SystemConsole;

namespace Assay.Ranks.Tests;

/// <summary>What the tests of several processes start under mpirun: it prints what a rank saw, or its error. Else the tests themselves.</summary>
internal static class RankHost
{
    /// <summary>Says that a rank is ready, with its process.</summary>
    public const string Ready = "ready";

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [_, "collectives" or "agree" or "wait", ..])
            return await ConsoleRunner.Run(arguments);
        try
        {
            var ranks = Communicator.Join(
                TimeSpan.FromSeconds(double.Parse(arguments[0], CultureInfo.InvariantCulture)),
                text => Console.WriteLine($"noticed by {Launcher.Find()!.Rank}: {text}")
            );
            switch (arguments[1])
            {
                case "collectives":
                    Collectives(ranks);
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

    // One rank is the last to come; the others wait for it.
    private static void Wait(Communicator ranks, int late, TimeSpan work)
    {
        Console.WriteLine($"{Ready} {ranks.Rank} {Environment.ProcessId}.");
        if (ranks.Rank == late)
            Thread.Sleep(work);
        ranks.Barrier();
        Console.WriteLine($"went on {ranks.Rank}");
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

        static void Demand(bool isSo, string what)
        {
            if (!isSo)
                throw new RankFaultException($"{what} came out wrong");
        }
    }
}
