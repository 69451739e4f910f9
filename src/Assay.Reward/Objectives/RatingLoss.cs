using Assay.Data.Records;

namespace Assay.Reward.Objectives;

/// <summary>
/// Regression on ratings: a head for each of several, the mean over a row's ratings of <c>(head - rating)^2</c>; ratings that a row lacks
/// have no part (SteerLM's and HelpSteer's attribute models, arXiv 2311.09528 and 2406.08673, NeMo-Aligner's regression reward model). The
/// score is the heads' sum with stated weights.
/// </summary>
internal static class RatingLoss
{
    /// <summary>A row's loss.</summary>
    /// <param name="heads">What the heads give, [ratings].</param>
    /// <param name="ratings">What people gave, [ratings]; at least one is not null.</param>
    /// <param name="gradient">[ratings]; receives the derivative by each head.</param>
    public static double Of(ReadOnlySpan<double> heads, IReadOnlyList<double?> ratings, Span<double> gradient)
    {
        var (sum, count) = (0.0, ratings.Count(rating => rating is not null));
        for (var i = 0; i < heads.Length; i++)
        {
            var off = ratings[i] is { } rating ? heads[i] - rating : 0;
            sum += off * off;
            gradient[i] = 2 * off / count;
        }
        return sum / count;
    }

    /// <summary>Every two of some rows that are rated apart: the predicted scores of the higher rated, and of the lower rated.</summary>
    /// <param name="predicted">Of each row.</param>
    /// <param name="rated">The weighted sum of each row's ratings; null where one that counts is missing.</param>
    public static (double[] Higher, double[] Lower) Orders(IReadOnlyList<double> predicted, IReadOnlyList<double?> rated)
    {
        var (higher, lower) = (new List<double>(), new List<double>());
        for (var i = 0; i < predicted.Count; i++)
        {
            for (var j = 0; j < predicted.Count; j++)
            {
                if (!(rated[i] > rated[j]))
                    continue;
                higher.Add(predicted[i]);
                lower.Add(predicted[j]);
            }
        }
        return ([.. higher], [.. lower]);
    }

    /// <summary>For a model's record.</summary>
    public static ObjectiveRecord Record(IReadOnlyList<string> targets, IReadOnlyList<double> weights) =>
        new("regression") { Targets = targets, Weights = weights };
}
