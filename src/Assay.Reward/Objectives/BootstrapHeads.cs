using Assay.Torch;

namespace Assay.Reward.Objectives;

/// <summary>
/// K heads on one backbone, each trained as if it had been given a sample of the data of its own: the mean over the heads of
/// <c>w * loss(its scores)</c>, with a weight w for each pair and head. So the backbone gets the mean of the heads' gradients, and the
/// heads come apart where the data leave them free (Osband et al. 2016, arXiv 1602.04621: heads of a bootstrap on a shared network; for
/// reward models Gleave and Irving 2022, arXiv 2203.07472, and Zhang et al. 2024, arXiv 2401.16635, linear layers of their own on one
/// transformer).
/// <para>
/// The weights are the Bayesian bootstrap's (Rubin 1981): exponential with mean 1, scaled so that each head's have the mean 1. A sample
/// with replacement would leave a third of the few human labels out of every head.
/// </para>
/// </summary>
internal sealed class BootstrapHeads : IHeadLoss
{
    private readonly IObjective objective;
    private readonly double[][] weights;

    /// <param name="objective">The loss of one head.</param>
    /// <param name="heads">K.</param>
    /// <param name="pairs">How many training pairs there are.</param>
    /// <param name="seed">Of the weights: a resumed run draws the same.</param>
    public BootstrapHeads(IObjective objective, int heads, int pairs, ulong seed)
    {
        this.objective = objective;
        var generator = new Generator(seed);
        weights = [.. Enumerable.Range(0, heads).Select(_ => Weights(generator, pairs))];
    }

    /// <summary>Of each head the weight of each pair, [heads][pairs].</summary>
    internal IReadOnlyList<double[]> PairWeights => weights;

    /// <inheritdoc/>
    public double Sum(
        IReadOnlyList<int> rows,
        IReadOnlyList<EncodedPair> pairs,
        IReadOnlyList<double[]> numbers,
        IReadOnlyList<double[]> gradient
    )
    {
        var sum = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            var sides = numbers[i].Length / weights.Length;
            for (var head = 0; head < weights.Length; head++)
            {
                var (scores, slopes) = (new double[sides], new double[sides]);
                for (var side = 0; side < sides; side++)
                    scores[side] = numbers[i][(side * weights.Length) + head];
                var share = weights[head][rows[i]] / weights.Length;
                sum += share * objective.Sum([pairs[i]], [scores], [slopes]);
                for (var side = 0; side < sides; side++)
                    gradient[i][(side * weights.Length) + head] = share * slopes[side];
            }
        }
        return sum;
    }

    private static double[] Weights(Generator generator, int pairs)
    {
        double[] drawn = [.. Enumerable.Range(0, pairs).Select(_ => -Math.Log((generator.Next() + 0.5) / (1L << 32)))];
        var mean = drawn.Average();
        return [.. drawn.Select(weight => weight / mean)];
    }
}
