using Assay.Ground.Numerics;

namespace Assay.Ground.Tests.Numerics;

public sealed class ProportionIntervalTests
{
    private const double PrintedDigits = 5e-5; // the paper prints four

    /// <summary>Method 10 in table II of Newcombe 1998.</summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(10, 10, 0, 20, 0.6791, 1.0000)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    public void The_difference_of_two_proportions_is_Newcombes(
        int first,
        int firstTrials,
        int second,
        int secondTrials,
        double low,
        double high
    )
    {
        var interval = ProportionInterval.Difference(first, firstTrials, second, secondTrials);
        Assert.Equal(low, interval.Low, PrintedDigits);
        Assert.Equal(high, interval.High, PrintedDigits);
    }
}
