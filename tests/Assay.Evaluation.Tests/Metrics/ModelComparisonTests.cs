using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Tests.Metrics;

public sealed class ModelComparisonTests
{
    private static PairScore[] Scores(double edge, long seed)
    {
        var random = new SeededRandom(seed);
        return
        [
            .. Enumerable
                .Range(0, 600)
                .Select(i => new PairScore
                {
                    Row = i + 1,
                    Group = $"g{i / 3}",
                    ChosenScore = edge + random.NextDouble(),
                    RejectedScore = random.NextDouble(),
                }),
        ];
    }

    [Fact]
    public void A_better_model_is_told_from_noise()
    {
        var clear = ModelComparison.Of(Scores(0.5, 1), Scores(0.1, 2), seed: 3);
        var noise = ModelComparison.Of(Scores(0.3, 1), Scores(0.3, 2), seed: 3);

        Assert.False(clear.IsNoise);
        Assert.True(clear.McNemar.Exact.PValue < 1e-6 && clear.Permutation.PValue < 1e-3 && clear.Difference > 0.1);
        Assert.True(noise.IsNoise);
        Assert.True(noise.McNemar.Exact.PValue > 0.05);
    }

    [Fact]
    public void A_model_against_itself_differs_in_nothing()
    {
        var same = ModelComparison.Of(Scores(0.3, 1), Scores(0.3, 1), seed: 3);

        Assert.Equal((0.0, true, 1.0, 1.0), (same.Difference, same.IsNoise, same.McNemar.Exact.PValue, same.Permutation.PValue));
    }

    [Fact]
    public void A_tie_is_half_right_and_no_disagreement_of_two_that_tie()
    {
        static PairScore[] Of(params double[] margins) =>
            [
                .. margins.Select(
                    (margin, i) =>
                        new PairScore
                        {
                            Row = i + 1,
                            Group = $"g{i}",
                            ChosenScore = margin,
                            RejectedScore = 0,
                        }
                ),
            ];
        var compared = ModelComparison.Of(Of(1, 0, -1, 0), Of(1, 0, 1, -1), seed: 1);

        Assert.Equal((0.5, 0.625), (compared.FirstAccuracy, compared.SecondAccuracy));
        Assert.Equal(new McNemar(0, 1), compared.McNemar);
    }

    [Fact]
    public void Scores_of_other_pairs_are_refused()
    {
        Assert.Throws<EvaluationException>(() => ModelComparison.Of(Scores(0, 1), Scores(0, 1)[1..], seed: 1));
        Assert.Throws<EvaluationException>(() => ModelComparison.Of(Scores(0, 1), [.. Scores(0, 1).Reverse()], seed: 1));
    }

    [Fact]
    public void The_same_seed_draws_the_same_interval_and_another_seed_another()
    {
        Interval Of(long seed) => ClusteredAccuracy.Of(Scores(0.2, 1), seed).Interval;

        Assert.Equal(Of(7), Of(7));
        Assert.NotEqual(Of(7), Of(8));
    }

    [Fact]
    public void Drift_sees_a_shift_and_not_a_copy()
    {
        double[] reference = [.. Scores(0, 1).Select(pair => pair.ChosenScore)],
            moved = [.. reference.Select(score => score + 0.3)];

        Assert.True(RewardDrift.Of(reference, moved) is { KolmogorovSmirnov.PValue: < 1e-6, PopulationStability: > 0.25 });
        Assert.True(RewardDrift.Of(reference, reference) is { KolmogorovSmirnov.PValue: 1, PopulationStability: 0, Wasserstein: 0 });
    }
}
