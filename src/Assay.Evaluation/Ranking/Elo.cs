namespace Assay.Evaluation.Ranking;

/// <summary>
/// Sequential Elo ratings (1978): both sides move by the same amount, so the mean stays where it began. The order of battles matters: for a
/// fixed set use <see cref="BradleyTerry"/>.
/// </summary>
public static class Elo
{
    /// <summary>Ratings after all battles, in their order.</summary>
    public static double[] Rate(IEnumerable<Battle> battles, int modelCount, double k = 4, double start = 1000)
    {
        var ratings = new double[modelCount];
        Array.Fill(ratings, start);
        foreach (var battle in battles)
        {
            var expected = 1 / (1 + Math.Pow(10, (ratings[battle.Second] - ratings[battle.First]) / 400));
            var change = k * (battle.FirstShare - expected);
            ratings[battle.First] += change;
            ratings[battle.Second] -= change;
        }
        return ratings;
    }
}

/// <summary>Natural-log strengths on the scale people know: 400 points are odds of ten to one.</summary>
public static class EloScale
{
    /// <summary>Points per unit of log strength, 400 / ln 10.</summary>
    public static double PointsPerUnit { get; } = 400 / Math.Log(10);

    /// <summary>Rating of a strength with mean 0, around <paramref name="center"/>.</summary>
    public static double Of(double strength, double center = 1000) => center + PointsPerUnit * strength;
}
