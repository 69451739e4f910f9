using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.OverOptimisation;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Benchmarks;

public sealed class PpeCorrectnessTests
{
    private static PpeCorrectness.Row Row(double[] scores, bool[] right, params (int, int)[] pairs) => new("here", scores, right, pairs);

    [Fact]
    public void Accuracy_is_the_mean_over_prompts_of_their_sampled_pairs_and_a_tie_is_wrong()
    {
        var result = PpeCorrectness.Of([
            Row([2, 1, 1], [true, true, false], (0, 2), (1, 2)),
            Row([0, 1, 3], [true, false, false], (0, 1)),
            Row([1, 2, 3], [true, true, true]),
        ]);
        Assert.Equal(0.25, result.Accuracy, 1e-15); // (1/2 + 0) / 2; the prompt without pairs has no say
        Assert.Equal(3, result.Rows);
    }

    [Fact]
    public void The_area_pools_prompts_after_bringing_each_to_the_same_range()
    {
        // By itself each prompt is ordered rightly, but one lives at 1000: unscaled, its wrong answer would beat the other's right one.
        var result = PpeCorrectness.Of([Row([1001, 1000], [true, false], (0, 1)), Row([1, 0], [true, false], (0, 1))]);
        Assert.Equal(1, result.AreaUnderCurve);
        Assert.Equal(0.5, PpeCorrectness.Of([Row([3, 3], [true, false], (0, 1))]).AreaUnderCurve);
        Assert.Equal(double.NaN, PpeCorrectness.Of([Row([3, 2], [true, true])]).AreaUnderCurve);
    }

    [Fact]
    public void The_curve_is_what_the_exact_best_of_n_estimator_expects()
    {
        const double ChanceOf100Orders = 0.03; // 60 prompts' mean under 100 shared orders; its standard error is below 0.01
        var random = new SeededRandom(3);
        PpeCorrectness.Row[] rows =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(_ =>
                    Row(
                        [.. Enumerable.Range(0, 8).Select(_ => (double)random.Next(6))],
                        [.. Enumerable.Range(0, 8).Select(_ => random.Next(3) == 0)]
                    )
                ),
        ];
        var result = PpeCorrectness.Of(rows);
        for (var k = 1; k <= 8; k++)
        {
            Assert.Equal(
                rows.Average(row => BestOfN.Estimate(row.Scores, [.. row.Right.Select(right => right ? 1.0 : 0)], k).Gold),
                result.Curve[k - 1],
                ChanceOf100Orders
            );
            Assert.Equal(
                rows.Average(row => BestOfN.AnyRight(8, row.Right.Count(right => right), k)),
                result.BestCurve[k - 1],
                ChanceOf100Orders
            );
        }
        Assert.Equal(result.Curve[^1], result.MeanEndScore);
        Assert.True(result.MeanMaxScore >= result.Curve.Max());
        Assert.InRange(result.Loss, Enumerable.Range(0, 8).Average(k => Math.Pow(result.BestCurve[k] - result.Curve[k], 2)), 0.2);
    }

    [Fact]
    public void A_scorer_that_knows_has_no_loss_and_prompts_of_different_length_are_refused()
    {
        var perfect = PpeCorrectness.Of([Row([1, 0, 0], [true, false, false], (0, 1))]);
        Assert.Equal((0, 1), (perfect.Loss, perfect.MeanEndScore));
        Assert.Contains(
            "as many for each",
            Assert.Throws<EvaluationException>(() => PpeCorrectness.Of([Row([1, 0], [true, false]), Row([1], [true])])).Message
        );
    }
}
