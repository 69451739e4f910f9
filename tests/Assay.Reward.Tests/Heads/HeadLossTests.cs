using Assay.Reward.Objectives;
using Assay.Reward.Tests.Objectives;

namespace Assay.Reward.Tests.Heads;

/// <summary>
/// Losses of heads of several rows: their derivatives are those of finite differences, and they are what their formula says.
/// </summary>
public class HeadLossTests
{
    private const double Step = 1e-6,
        Limit = 1e-7;

    private static readonly List<EncodedPair> Pairs = [.. new PlantedPairs(3).Draw(6)];

    private static readonly int[] Rows = [4, 0, 7, 2, 9, 1];

    private static double[][] Numbers(int heads) =>
        [
            .. Enumerable
                .Range(0, Pairs.Count)
                .Select(pair => Enumerable.Range(0, 2 * heads).Select(i => Math.Sin((7 * pair) + (3 * i) + 1)).ToArray()),
        ];

    private static void DemandDerivatives(IHeadLoss loss, int heads)
    {
        var numbers = Numbers(heads);
        double[][] gradient = [.. numbers.Select(of => new double[of.Length])],
            unused = [.. numbers.Select(of => new double[of.Length])];
        loss.Sum(Rows, Pairs, numbers, gradient);
        for (var pair = 0; pair < numbers.Length; pair++)
        {
            for (var i = 0; i < numbers[pair].Length; i++)
            {
                double At(double shift)
                {
                    numbers[pair][i] += shift;
                    var sum = loss.Sum(Rows, Pairs, numbers, unused);
                    numbers[pair][i] -= shift;
                    return sum;
                }
                Assert.Equal((At(Step) - At(-Step)) / (2 * Step), gradient[pair][i], Limit);
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Heads_of_a_bootstrap_have_the_derivatives_of_their_loss(int heads) =>
        DemandDerivatives(new BootstrapHeads(new BradleyTerry(), heads, 10, 11), heads);

    [Fact]
    public void A_reward_and_a_length_head_have_the_derivatives_of_their_loss() => DemandDerivatives(new LengthHead(new BradleyTerry()), 2);

    [Fact]
    public void The_cosine_of_two_heads_has_its_derivatives()
    {
        double[] weights = [0.3, -1.2, 0.7, 0.9, 0.1, -0.4];
        var (cosine, slopes) = LengthHead.Cosine(weights);
        Assert.Equal(
            ((0.3 * 0.9) - (1.2 * 0.1) - (0.7 * 0.4)) / (Math.Sqrt(0.09 + 1.44 + 0.49) * Math.Sqrt(0.81 + 0.01 + 0.16)),
            cosine,
            1e-12
        );
        for (var i = 0; i < weights.Length; i++)
        {
            double At(double shift) => LengthHead.Cosine([.. weights.Select((weight, at) => at == i ? weight + shift : weight)]).Cosine;
            Assert.Equal((At(Step) - At(-Step)) / (2 * Step), slopes[i], Limit);
        }
    }

    [Fact]
    public void Weights_of_a_bootstrap_have_the_mean_one_differ_by_head_and_are_drawn_again_from_their_seed()
    {
        var (one, again, other) = (
            new BootstrapHeads(new BradleyTerry(), 3, 4000, 5),
            new BootstrapHeads(new BradleyTerry(), 3, 4000, 5),
            new BootstrapHeads(new BradleyTerry(), 3, 4000, 6)
        );
        Assert.Equal(one.PairWeights, again.PairWeights);
        Assert.NotEqual(one.PairWeights[0], other.PairWeights[0]);
        Assert.NotEqual(one.PairWeights[0], one.PairWeights[1]);
        Assert.All(
            one.PairWeights,
            head =>
            {
                Assert.Equal(1, head.Average(), 1e-12);
                // Exponential: the variance is the mean's square, and 1 - 1/e of them lie below the mean.
                Assert.Equal(1, head.Average(weight => (weight - 1) * (weight - 1)), 0.15);
                Assert.Equal(1 - Math.Exp(-1), head.Average(weight => weight < 1 ? 1.0 : 0), 0.03);
            },
            throwIfEmpty: true
        );
    }

    [Fact]
    public void A_length_head_that_says_the_length_costs_least_and_a_reward_that_says_it_costs_more()
    {
        double[][] Of(Func<EncodedPair, int, double> reward, Func<EncodedPair, int, double> length) =>
            [.. Pairs.Select(pair => pair.Sides.SelectMany((side, at) => new[] { reward(pair, at), length(pair, at) }).ToArray())];
        double Loss(double[][] numbers) =>
            new LengthHead(new Flat()).Sum(Rows, Pairs, numbers, [.. numbers.Select(of => new double[of.Length])]) / Pairs.Count;
        double LengthOf(EncodedPair pair, int at) => pair.Sides[at].Length - pair.CommonPrefixLength;
        Assert.Equal(0, Loss(Of((_, _) => 3, LengthOf)), 1e-12);
        Assert.Equal(1, Loss(Of(LengthOf, LengthOf)), 1e-12);
        Assert.Equal(2, Loss(Of((pair, at) => -LengthOf(pair, at), (_, _) => 1)), 1e-12);
    }

    // Leaves what the heads add by themselves.
    private sealed record Flat : DifferenceObjective
    {
        public override (double Loss, double Slope) At(double difference) => (0, 0);
    }
}
