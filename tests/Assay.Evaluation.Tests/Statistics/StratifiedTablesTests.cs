using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Statistics;

public class StratifiedTablesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Fewer_than_two_strata_say_nothing_of_their_sameness(int count)
    {
        var tables = new StratifiedTables([.. Enumerable.Repeat(new TwoByTwo(3, 1, 2, 4), count)]);
        Assert.Equal(double.NaN, tables.EqualOdds.PValue);
        Assert.Equal(double.NaN, tables.EqualOddsTarone.PValue);
    }

    [Fact]
    public void Two_do() => Assert.InRange(new StratifiedTables([new(30, 10, 20, 40), new(3, 10, 20, 4)]).EqualOdds.PValue, 1e-12, 0.05);
}
