using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Tests.Statistics;

public sealed class WeightedMeanIntervalTests
{
    [Fact]
    public void One_part_keeps_its_interval()
    {
        var wilson = ProportionInterval.Wilson(7, 10);
        var (low, high) = (WeightedMeanInterval.Of([(1, 0.7, wilson)]).Low, WeightedMeanInterval.Of([(1, 0.7, wilson)]).High);
        Assert.Equal(wilson.Low, low, 1e-15);
        Assert.Equal(wilson.High, high, 1e-15);
    }

    [Fact]
    public void Distances_add_as_squares_with_their_weights_each_way_by_itself()
    {
        var interval = WeightedMeanInterval.Of([(0.5, 0.6, new(0.3, 0.7)), (0.5, 1.0, new(0.6, 1.0))]);
        Assert.Equal(0.8 - 0.25, interval.Low, 1e-15); // √(0.15² + 0.2²)
        Assert.Equal(0.8 + 0.05, interval.High, 1e-15);
    }

    [Fact]
    public void It_covers_a_weighted_mean_of_shares_about_as_often_as_it_says()
    {
        const int Trials = 2000;
        var random = new SeededRandom(1);
        (double Share, int Rows, double Weight)[] parts = [(0.95, 40, 0.5), (0.6, 100, 0.3), (0.3, 25, 0.2)];
        var truth = parts.Sum(part => part.Weight * part.Share);
        var covered = Enumerable
            .Range(0, Trials)
            .Count(_ =>
                WeightedMeanInterval
                    .Of(
                        parts.Select(part =>
                        {
                            var right = Enumerable.Range(0, part.Rows).Count(_ => random.NextDouble() < part.Share);
                            return (part.Weight, (double)right / part.Rows, ProportionInterval.Wilson(right, part.Rows));
                        })
                    )
                    .Contains(truth)
            );
        Assert.InRange(covered / (double)Trials, 0.935, 0.975);
    }
}
