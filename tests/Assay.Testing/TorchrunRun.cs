using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Assay.Testing;

/// <summary>Programs of ours as several processes with the variables of torchrun, without torchrun.</summary>
public sealed class TorchrunRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly StringBuilder said = new();

    private TorchrunRun(Process[] ranks)
    {
        Ranks = ranks;
        foreach (var rank in ranks)
        {
            rank.OutputDataReceived += Take;
            rank.ErrorDataReceived += Take;
            rank.Start();
            rank.BeginOutputReadLine();
            rank.BeginErrorReadLine();
        }
    }

    public IReadOnlyList<Process> Ranks { get; }

    /// <summary>What all have said so far.</summary>
    public string Output
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>Starts <c>dotnet DLL ARGUMENTS</c> so many times, one thread each.</summary>
    public static TorchrunRun Start(int ranks, string dll, params IReadOnlyList<string> arguments)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        return new TorchrunRun([.. Enumerable.Range(0, ranks).Select(Make)]);

        Process Make(int rank)
        {
            var start = new ProcessStartInfo("dotnet", [dll, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (
                var (name, value) in (IEnumerable<(string, object)>)
                    [
                        ("RANK", rank),
                        ("LOCAL_RANK", rank),
                        ("WORLD_SIZE", ranks),
                        ("MASTER_ADDR", "127.0.0.1"),
                        ("MASTER_PORT", port),
                        ("OMP_NUM_THREADS", 1),
                        // A rank that is killed would leave its debugger's sockets in the temporary folder.
                        ("DOTNET_EnableDiagnostics", 0),
                    ]
            )
                start.Environment[name] = Convert.ToString(value, CultureInfo.InvariantCulture);
            return new Process { StartInfo = start };
        }
    }

    /// <summary>Waits until all have said it.</summary>
    public void Until(string text)
    {
        var clock = Stopwatch.StartNew();
        while (Output.Split(text).Length <= Ranks.Count)
        {
            if (clock.Elapsed > Patience || Ranks.All(rank => rank.HasExited))
                throw new TimeoutException($"they have not said '{text}': {Output}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits for all, or for some: the exit code of each.</summary>
    public int[] End(params IReadOnlyList<int> which)
    {
        Process[] ranks = [.. which.Count == 0 ? Ranks : which.Select(rank => Ranks[rank])];
        foreach (var rank in ranks)
        {
            if (!rank.WaitForExit(Patience))
                throw new TimeoutException($"it did not end within {Patience}: {Output}");
            rank.WaitForExit(); // to the end of what it says
        }
        return [.. ranks.Select(rank => rank.ExitCode)];
    }

    public void Dispose()
    {
        foreach (var rank in Ranks)
        {
            if (!rank.HasExited)
                rank.Kill(entireProcessTree: true);
            rank.Dispose();
        }
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (said)
            said.Append(line.Data).Append('\n');
    }
}
