using Assay.Data.Records;
using Assay.Ground.Numerics;

namespace Assay.Reward.Objectives;

/// <summary>
/// N answers in one order, best first: <c>-sum over k of log(e^s_k / sum over j >= k of e^s_j)</c>, each place drawn from what is left
/// (Luce 1959, Plackett 1975; as a loss for ranking ListMLE, Xia et al. 2008). Of two answers it is Bradley-Terry; its margin is then
/// subtracted. A row counts as its likelihood does, so a longer list weighs more. Centring adds <c>coefficient * (2 * mean score)^2</c>,
/// which for two answers is the pairs' own.
/// </summary>
public sealed record PlackettLuce : IObjective
{
    /// <summary>As <see cref="PairObjective.CenterRewardsCoefficient"/>.</summary>
    public double? CenterRewardsCoefficient { get; init; }

    /// <inheritdoc/>
    public double Sum(IReadOnlyList<EncodedPair> pairs, IReadOnlyList<double[]> scores, IReadOnlyList<double[]> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < pairs.Count; i++)
        {
            var margin = scores[i].Length == 2 ? pairs[i].Margin ?? 0 : 0;
            sum += Of(scores[i], margin, gradient[i]);
            if (CenterRewardsCoefficient is not { } coefficient)
                continue;
            var twiceMean = 2 * scores[i].Average();
            sum += coefficient * twiceMean * twiceMean;
            for (var j = 0; j < scores[i].Length; j++)
                gradient[i][j] += 4 * coefficient * twiceMean / scores[i].Length;
        }
        return sum;
    }

    /// <inheritdoc/>
    public ObjectiveRecord Told(ObjectiveRecord record) => record;

    private static double Of(double[] scores, double margin, double[] gradient)
    {
        Array.Clear(gradient);
        var loss = 0.0;
        for (var k = 0; k < scores.Length - 1; k++)
        {
            var first = scores[k] - margin;
            double highest = first,
                others = 0;
            for (var j = k + 1; j < scores.Length; j++)
                highest = Math.Max(highest, scores[j]);
            for (var j = k + 1; j < scores.Length; j++)
                others += Math.Exp(scores[j] - highest);
            var all = Math.Exp(first - highest) + others;
            // What stands first is the larger part of the sum once it is learned: then the small rest is added to 1.
            loss += highest == first ? Logistic.Log1P(others) : highest - first + Math.Log(all);
            gradient[k] -= others / all;
            for (var j = k + 1; j < scores.Length; j++)
                gradient[j] += Math.Exp(scores[j] - highest) / all;
        }
        return loss;
    }
}
