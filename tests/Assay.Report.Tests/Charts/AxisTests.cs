using Assay.Report.Charts;

namespace Assay.Report.Tests.Charts;

public sealed class AxisTests
{
    [Theory]
    [InlineData(0.0, 1.0, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0.4, 1.0, "0.4 0.6 0.8 1.0")]
    [InlineData(10, 240, "0 50 100 150 200 250")]
    [InlineData(-1.3, 2.2, "−2 −1 0 1 2 3")]
    [InlineData(0, 1e-4, "0 2e−5 4e−5 6e−5 8e−5 1e−4")]
    [InlineData(0.1, 0.3, "0.10 0.15 0.20 0.25 0.30")]
    public void Ticks_are_round_and_hold_the_values(double low, double high, string ticks)
    {
        var axis = new Axis(low, high, 0, 100);
        Assert.Equal(ticks, string.Join(' ', axis.Ticks.Select(axis.Label)));
        Assert.InRange(axis.At(low), 0, 100);
        Assert.InRange(axis.At(high), 0, 100);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(-1e-300, 1e-300)]
    [InlineData(-1e300, 1e300)]
    public void Odd_ranges_still_have_places(double low, double high)
    {
        var axis = new Axis(low, high, 0, 100);
        Assert.InRange(axis.Ticks.Count, 2, 20);
        Assert.All(axis.Ticks, tick => Assert.InRange(axis.At(tick), 0, 100), throwIfEmpty: true);
    }

    [Fact]
    public void An_axis_may_run_backwards_as_heights_do()
    {
        var axis = new Axis(0, 10, 200, 0);
        Assert.Equal((200, 100, 0), (axis.At(0), axis.At(5), axis.At(10)));
        Assert.Equal(200, axis.At(-3)); // beyond the ends lies on them
    }
}
