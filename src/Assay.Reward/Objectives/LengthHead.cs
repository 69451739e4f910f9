using Assay.Ground.Numerics;
using Assay.Models;
using Assay.Torch;

namespace Assay.Reward.Objectives;

/// <summary>
/// ODIN (Chen et al. 2024, arXiv 2402.07319): a reward head q and a length head l on one backbone. Their sum has to order the pairs, q must
/// not follow length, l must, and their weights are kept orthogonal: <c>-log sigmoid((q + l of chosen) - (q + l of rejected)) +
/// lengthWeight (|corr(q, length)| + 1 - corr(l, length)) + orthogonalWeight |cos(w_q, w_l)|</c>, both weights 1 as in the paper's own runs
/// (github.com/Lichang-Chen/ODIN, training/step2-reward-modeling, and RLHFlow's version of it). Only q is kept.
/// <para>
/// Length is a side's tokens beyond what the sides have in common. Correlations are Pearson's over the sides that go through the network at
/// once: a micro-batch that <c>max_batch_tokens</c> cuts has one for each part.
/// </para>
/// </summary>
/// <param name="Objective">The loss of pairs.</param>
internal sealed record LengthHead(IObjective Objective) : IHeadLoss
{
    private const int Heads = 2;

    /// <summary>What the correlations count.</summary>
    public double LengthWeight { get; init; } = 1;

    /// <summary>What the cosine between the heads' weights counts.</summary>
    public double OrthogonalWeight { get; init; } = 1;

    /// <inheritdoc/>
    public double Sum(
        IReadOnlyList<int> rows,
        IReadOnlyList<EncodedPair> pairs,
        IReadOnlyList<double[]> numbers,
        IReadOnlyList<double[]> gradient
    )
    {
        double[][] together =
        [
            .. numbers.Select(of =>
                Enumerable.Range(0, of.Length / Heads).Select(side => of[side * Heads] + of[(side * Heads) + 1]).ToArray()
            ),
        ];
        double[][] slopes = [.. together.Select(of => new double[of.Length])];
        var sum = Objective.Sum(pairs, together, slopes);
        double[] lengths = [.. pairs.SelectMany(pair => pair.Sides.Select(side => (double)(side.Length - pair.CommonPrefixLength)))];
        var (ofReward, rewardSlopes) = Correlation(Head(0), lengths);
        var (ofLength, lengthSlopes) = Correlation(Head(1), lengths);
        var scale = LengthWeight * pairs.Count; // the loss is a mean over pairs
        var at = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            for (var side = 0; side < slopes[i].Length; side++, at++)
            {
                gradient[i][side * Heads] = slopes[i][side] + (scale * Math.Sign(ofReward) * rewardSlopes[at]);
                gradient[i][(side * Heads) + 1] = slopes[i][side] - (scale * lengthSlopes[at]);
            }
        }
        return sum + (scale * (Math.Abs(ofReward) + 1 - ofLength));

        double[] Head(int head) =>
            [.. numbers.SelectMany(of => Enumerable.Range(0, of.Length / Heads).Select(side => of[(side * Heads) + head]))];
    }

    /// <inheritdoc/>
    public double AddPenalty(RewardNetwork network)
    {
        var weight = network.HeadWeight;
        var (cosine, slopes) = Cosine(weight.ToDoubles());
        using var scope = new TensorScope();
        // A sum with these numbers has them as its gradient.
        var slope = Tensor
            .From([.. slopes.Select(one => OrthogonalWeight * Math.Sign(cosine) * one)], weight.Shape)
            .To(weight.DType)
            .To(weight.Device);
        (weight * slope).Sum().Backward();
        return OrthogonalWeight * Math.Abs(cosine);
    }

    /// <summary>The cosine between the two halves of a list, and its derivative by each entry.</summary>
    internal static (double Cosine, double[] Slopes) Cosine(double[] weights)
    {
        var half = weights.Length / 2;
        double first = 0,
            second = 0,
            product = 0;
        for (var i = 0; i < half; i++)
        {
            first += weights[i] * weights[i];
            second += weights[half + i] * weights[half + i];
            product += weights[i] * weights[half + i];
        }
        var norms = Math.Sqrt(first * second);
        var slopes = new double[weights.Length];
        if (norms == 0)
            return (0, slopes);
        var cosine = product / norms;
        for (var i = 0; i < half; i++)
        {
            slopes[i] = (weights[half + i] / norms) - (cosine * weights[i] / first);
            slopes[half + i] = (weights[i] / norms) - (cosine * weights[half + i] / second);
        }
        return (cosine, slopes);
    }

    // Pearson's, and its derivative by each of the first; 0 where either does not vary.
    private static (double Value, double[] Slopes) Correlation(double[] values, double[] by)
    {
        var slopes = new double[values.Length];
        var correlation = Moments.Correlation(values, by);
        if (double.IsNaN(correlation))
            return (0, slopes);
        double mean = Moments.Mean(values),
            meanBy = Moments.Mean(by),
            deviation = Math.Sqrt(Moments.Central(values, 2)),
            deviationBy = Math.Sqrt(Moments.Central(by, 2));
        for (var i = 0; i < slopes.Length; i++)
            slopes[i] = (((by[i] - meanBy) / deviationBy) - (correlation * (values[i] - mean) / deviation)) / (values.Length * deviation);
        return (correlation, slopes);
    }
}
