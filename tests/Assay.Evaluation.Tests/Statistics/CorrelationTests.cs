using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Statistics;

public sealed class CorrelationTests
{
    private const double Rounding = 1e-12;

    [Fact]
    public void Partial_correlations_from_one_matrix_are_those_taken_one_by_one()
    {
        var random = new SeededRandom(9);
        double[] x = [.. Enumerable.Range(0, 50).Select(_ => random.NextDouble())];
        double[][] others = [.. Enumerable.Range(1, 4).Select(k => x.Select(value => value * k * 0.1 + random.NextDouble()).ToArray())];
        var each = Correlation.PartialEach(x, others);
        for (var i = 0; i < others.Length; i++)
        {
            var one = Correlation.Partial(x, others[i], [.. others.Where((_, other) => other != i)]);
            Assert.Equal(one.Coefficient, each[i].Coefficient, Rounding);
            Assert.Equal(one.PValue, each[i].PValue, Rounding);
        }
        Assert.Throws<EvaluationException>(() => Correlation.PartialEach(x, [others[0], others[0]]));
    }
}
