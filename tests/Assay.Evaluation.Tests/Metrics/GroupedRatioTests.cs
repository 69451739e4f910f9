using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Metrics;

public sealed class GroupedRatioTests
{
    private const int ResampledGroups = 50_000;

    private static ClusteredAccuracy Accuracy(int groups)
    {
        var random = new SeededRandom(9);
        return ClusteredAccuracy.Of(
            Enumerable
                .Range(0, groups)
                .SelectMany(group => Enumerable.Repeat(group, 1 + random.Next(4)))
                .Select(
                    (group, i) =>
                        new PairScore
                        {
                            Row = i + 1,
                            Group = $"g{group}",
                            ChosenScore = random.NextDouble() < 0.7 ? 1 : -1,
                            RejectedScore = 0,
                        }
                ),
            seed: 5
        );
    }

    [Fact]
    public void With_many_groups_the_normal_interval_is_the_resampled_one_within_what_resampling_scatters()
    {
        var (resampled, normal) = (Accuracy(ResampledGroups), Accuracy(ResampledGroups + 1));

        Assert.Equal(normal.Interval.High - normal.Accuracy, normal.Accuracy - normal.Interval.Low, 1e-12);
        Assert.NotEqual(resampled.Interval.High - resampled.Accuracy, resampled.Accuracy - resampled.Interval.Low, 1e-7);
        // An end of 2000 resamples scatters with 0.06 standard errors.
        Assert.Equal(normal.Interval.Low - normal.Accuracy, resampled.Interval.Low - resampled.Accuracy, 0.2 * normal.ClusterStandardError);
        Assert.Equal(
            normal.Interval.High - normal.Accuracy,
            resampled.Interval.High - resampled.Accuracy,
            0.2 * normal.ClusterStandardError
        );
    }

    [Fact]
    public void Coins_are_counted_fairly()
    {
        var random = new SeededRandom(1);
        double[] heads = [.. Enumerable.Range(0, 4000).Select(_ => (double)random.CountHeads(100))];

        Assert.InRange(heads.Average(), 49.6, 50.4);
        Assert.InRange(DistributionSummary.Of(heads).StdPopulation, 4.8, 5.2);
        Assert.InRange(Enumerable.Range(0, 1000).Average(_ => random.CountHeads(1)), 0.44, 0.56);
    }

    [Fact]
    public void The_drawn_permutation_test_agrees_with_the_exact_one()
    {
        // Of differences of one size it is the binomial test of their signs.
        var exact = new McNemar(21, 10).Exact.PValue;
        var drawn = PairedPermutation
            .TwoSided([.. Enumerable.Repeat(1.0, 21), .. Enumerable.Repeat(-1.0, 10), 0, 0], seed: 1, flipCount: 40_000)
            .PValue;

        Assert.InRange(drawn, exact - 0.006, exact + 0.006);
    }
}
