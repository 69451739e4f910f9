using Assay.Evaluation.Calibration;

namespace Assay.Evaluation.Tests.Calibration;

public sealed class ReferenceScoresTests
{
    [Fact]
    public void A_score_gets_its_place_among_the_reference()
    {
        var reference = ReferenceScores.Of(Enumerable.Range(0, 1001).Select(i => i / 10.0));

        Assert.Equal(
            (0.0, 25.0, 99.5, 100.0),
            (
                reference.PercentileOf(-1),
                reference.PercentileOf(25),
                Math.Round(reference.PercentileOf(99.5), 9),
                reference.PercentileOf(1000)
            )
        );
        Assert.Equal(0, reference.Standardise(50), 1e-12);
    }

    [Fact]
    public void Reference_scores_that_do_not_vary_standardise_to_zero() => Assert.Equal(0, ReferenceScores.Of([2, 2]).Standardise(9));

    [Fact]
    public void Reference_scores_that_are_no_numbers_are_refused() =>
        Assert.Throws<ArgumentException>(() => ReferenceScores.Of([1, double.NaN]));
}
