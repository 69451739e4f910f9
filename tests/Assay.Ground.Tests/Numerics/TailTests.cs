using Assay.Ground.Numerics;

namespace Assay.Ground.Tests.Numerics;

public sealed class TailTests
{
    /// <summary>Quantiles of Student's t from printed tables, which have this many digits.</summary>
    private const double TableDigits = 5e-4;

    [Fact]
    public void A_coin_that_falls_three_times_of_four_is_no_proof()
    {
        Assert.Equal(0.625, BinomialTail.TwoSided(3, 4), 1e-12);
        Assert.Equal(1, BinomialTail.TwoSided(0, 0));
        // Of ten million throws only the terms near the middle are summed; 1.96 standard errors off are a p of 0.05.
        Assert.Equal(0.05, BinomialTail.TwoSided(5_000_000 - 3099, 10_000_000), 2e-4);
    }

    [Theory]
    [InlineData(0.975, 1, 12.706)]
    [InlineData(0.975, 10, 2.228)]
    [InlineData(0.975, 120, 1.980)]
    [InlineData(0.95, 5, 2.015)]
    public void A_quantile_of_t_is_that_of_the_tables_and_its_tail_leads_back(double probability, double degrees, double wanted)
    {
        var found = StudentT.Quantile(probability, degrees);

        Assert.Equal(wanted, found, TableDigits);
        Assert.Equal(2 * (1 - probability), StudentT.TwoSided(found, degrees), 1e-12);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_probability_outside_its_half_is_refused(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(probability, 3));

    [Theory]
    [InlineData(-800, 800)]
    [InlineData(800, 0)]
    [InlineData(0, 0.6931471805599453)]
    public void A_loss_is_finite_at_both_ends(double margin, double loss) => Assert.Equal(loss, -Logistic.LogSigmoid(margin), 1e-12);
}
