using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Ranking;

/// <summary>Ratings recomputed on resampled battles: how far ranks can be trusted. Percentiles are linear.</summary>
/// <param name="Ratings">One list of ratings per usable resample.</param>
/// <param name="Unusable">Resamples in which some models could not be compared with the rest.</param>
public sealed record RankingBootstrap(IReadOnlyList<double[]> Ratings, int Unusable)
{
    /// <summary>Rates every resample; the order of battles inside it is its own.</summary>
    /// <exception cref="EvaluationException">No resample could be rated.</exception>
    public static RankingBootstrap Of(
        IReadOnlyList<Battle> battles,
        Func<IReadOnlyList<Battle>, double[]> rate,
        IEnumerable<IReadOnlyList<int>> resamples
    )
    {
        var ratings = new List<double[]>();
        var unusable = 0;
        foreach (var resample in resamples)
        {
            try
            {
                ratings.Add(rate([.. resample.Select(battle => battles[battle])]));
            }
            catch (EvaluationException)
            {
                unusable++;
            }
        }
        return ratings.Count == 0
            ? throw new EvaluationException(
                $"none of {unusable} resamples links all models: there are too few battles to say how sure the ranking is"
            )
            : new(ratings, unusable);
    }

    /// <summary>A percentile of each model's rating.</summary>
    public double[] Rating(double probability) => Of(Ratings, probability);

    /// <summary>A percentile of each model's rank, 1 being the best; equal ratings rank in the models' order.</summary>
    public double[] Rank(double probability) => Of([.. Ratings.Select(Ranks)], probability);

    private static double[] Of(IReadOnlyList<double[]> values, double probability) =>
        [.. Enumerable.Range(0, values[0].Length).Select(model => Quantile.Of(values.Select(row => row[model]), probability))];

    private static double[] Ranks(double[] ratings)
    {
        var ranks = new double[ratings.Length];
        var rank = 0;
        foreach (var model in Enumerable.Range(0, ratings.Length).OrderByDescending(model => ratings[model]))
            ranks[model] = ++rank;
        return ranks;
    }
}
