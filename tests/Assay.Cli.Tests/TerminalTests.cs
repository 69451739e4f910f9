using System.Text.Json.Nodes;

namespace Assay.Cli.Tests;

[Collection("console")]
public class TerminalTests
{
    [Fact]
    public void A_result_for_machines_is_whole_however_narrow_the_terminal()
    {
        var before = Console.Out;
        using var terminal = new StringWriter();
        const string Long = "four known answers equal bit for bit, and more words than any line of twenty columns takes";
        try
        {
            Terminal.WrapOutput(terminal, () => 20);
            Console.WriteLine(Long);
            Terminal.PrintJson(new JsonObject { ["reload"] = Long });
        }
        finally
        {
            Console.SetOut(before);
        }
        var written = terminal.ToString();
        var json = written.IndexOf('{');
        Assert.All(written[..json].Split('\n'), line => Assert.InRange(line.Length, 0, 20), throwIfEmpty: true);
        Assert.Equal(Long, (string?)JsonNode.Parse(written[json..])!["reload"]);
    }

    [Fact]
    public void A_pace_says_rows_rate_share_and_what_is_left() =>
        Assert.Equal("1,200,000 rows, 20,000 rows/s, 25 %, 3m 00s left", Terminal.Pace(1_200_000, 250, 1000, TimeSpan.FromSeconds(60)));

    [Fact]
    public void Where_the_bytes_are_not_known_nothing_is_foretold()
    {
        Assert.Equal("500 rows, 50 rows/s", Terminal.Pace(500, 0, 1000, TimeSpan.FromSeconds(10)));
        Assert.Equal("500 rows, 50 rows/s", Terminal.Pace(500, 100, 0, TimeSpan.FromSeconds(10)));
    }
}
