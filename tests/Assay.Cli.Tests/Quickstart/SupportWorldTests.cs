using Assay.Cli.Quickstart;

namespace Assay.Cli.Tests.Quickstart;

public class SupportWorldTests
{
    private const int Count = 4000;

    /// <summary>
    /// Four standard errors of a share of one half over <see cref="Count"/> draws: a right generator fails once in 16,000 seeds.
    /// </summary>
    private const double ShareTolerance = 0.032;

    [Fact]
    public void Equal_seeds_draw_equal_pairs_and_other_seeds_do_not()
    {
        Assert.Equal(new SupportWorld(3).Draw(50), new SupportWorld(3).Draw(50));
        Assert.NotEqual(new SupportWorld(3).Draw(50), new SupportWorld(4).Draw(50));
    }

    [Fact]
    public void The_preferred_answer_carries_more_filler_in_the_planted_share_of_pairs()
    {
        var pairs = new SupportWorld(7).Draw(Count);
        Assert.Equal(
            SupportWorld.LongerWinsShare,
            Share(pairs, pair => pair.Chosen.FillerSentences > pair.Rejected.FillerSentences),
            ShareTolerance
        );
        Assert.Equal(
            SupportWorld.SameFillerShare,
            Share(pairs, pair => pair.Chosen.FillerSentences == pair.Rejected.FillerSentences),
            ShareTolerance
        );
    }

    [Fact]
    public void The_gold_reward_knows_nothing_of_filler()
    {
        var pairs = new SupportWorld(7).Draw(Count);
        double[] filler = [.. pairs.Select(pair => (double)(pair.Chosen.FillerSentences - pair.Rejected.FillerSentences))];
        double[] gold = [.. pairs.Select(pair => pair.Chosen.Gold - pair.Rejected.Gold)];
        Assert.Equal(0, Correlation(filler, gold), 0.064); // four standard errors of a zero correlation
    }

    [Fact]
    public void The_label_follows_the_gold_reward_but_not_always()
    {
        var agreement = Share(new SupportWorld(7).Draw(Count), pair => pair.Chosen.Gold > pair.Rejected.Gold);
        Assert.InRange(agreement, 0.85, 0.99);
    }

    private static double Share(IReadOnlyList<SupportPair> pairs, Func<SupportPair, bool> holds) =>
        pairs.Count(holds) / (double)pairs.Count;

    private static double Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(),
            meanY = y.Average();
        var covariance = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return covariance / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }
}
