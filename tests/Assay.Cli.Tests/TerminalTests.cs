namespace Assay.Cli.Tests;

public class TerminalTests
{
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
