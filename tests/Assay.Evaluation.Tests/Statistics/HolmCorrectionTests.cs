using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Statistics;

public sealed class HolmCorrectionTests
{
    /// <summary>By hand from the definition: 4·0.005, 3·0.01, then 2·0.03 = 0.06, and 1·0.04 may not fall below it.</summary>
    [Fact]
    public void The_textbook_example_comes_out() =>
        Assert.Equal([0.03, 0.06, 0.06, 0.02], HolmCorrection.Adjust([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 12)));

    [Fact]
    public void One_test_is_not_corrected_and_nothing_exceeds_one()
    {
        Assert.Equal([0.04], HolmCorrection.Adjust([0.04]));
        Assert.Equal([1, 1], HolmCorrection.Adjust([0.9, 0.8]));
        Assert.Empty(HolmCorrection.Adjust([]));
    }
}
