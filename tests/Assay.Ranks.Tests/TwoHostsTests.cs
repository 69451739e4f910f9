using System.Diagnostics;

namespace Assay.Ranks.Tests;

public class TwoHostsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Ranks_of_two_hosts_work_together_until_the_cable_between_them_is_cut()
    {
        if (TwoHosts.SkipReason is { } reason)
            Assert.Skip(reason);
        using var hosts = new TwoHosts();
        using (var whole = hosts.Start(typeof(RankHost).Assembly.Location, "30", "wait", "1", "0"))
        {
            var output = whole.StandardOutput.ReadToEndAsync();
            Assert.True(whole.WaitForExit(Patience), "it did not end");
            Assert.True(whole.ExitCode == 0, await output);
            Assert.Contains("went on 1", await output);
        }

        // mpirun itself waits long for a daemon that it no longer reaches: what counts is what the rank says.
        using var cut = hosts.Start(typeof(RankHost).Assembly.Location, "3", "wait", "1", "600");
        var said = "";
        var lines = new Thread(() =>
        {
            while (cut.StandardOutput.ReadLine() is { } line)
                said += line + "\n";
        });
        lines.Start();
        Until(() => said.Split(RankHost.Ready).Length > 2, () => said);
        hosts.Cut();
        Until(() => said.Contains("fault: rank 1 on second-host has given no sign of life for 3 s", StringComparison.Ordinal), () => said);
        cut.Kill(entireProcessTree: true);
    }

    private static void Until(Func<bool> isSo, Func<string> said)
    {
        var clock = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(clock.Elapsed < Patience, said());
            Thread.Sleep(50);
        }
    }
}
