using Assay.Evaluation.Audits;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Audits;

public sealed class LengthAuditTests
{
    /// <summary>
    /// People preferred the longer answer in 70 % of 2 000 pairs, for a quality that has nothing to do with it; the model weighs both.
    /// </summary>
    private static IEnumerable<PairScore> Pairs(double qualityWeight, double lengthWeight)
    {
        var random = new SeededRandom(11);
        for (var i = 0; i < 2000; i++)
        {
            var rejected = 50 + random.Next(200);
            var ratio = 0.3 * random.NextDouble() + (i % 10 < 2 ? 0 : 0.4 * random.NextDouble());
            var chosen = (long)(random.NextDouble() < 0.7 ? rejected * (1 + ratio) : rejected / (1 + ratio));
            double quality = 2 * random.NextDouble() - 0.4,
                noise = 0.5 * (random.NextDouble() - 0.5);
            yield return new PairScore
            {
                Row = i + 1,
                ChosenScore = qualityWeight * quality + lengthWeight * Math.Log((double)chosen / rejected) + noise,
                RejectedScore = 0,
                ChosenLength = chosen,
                RejectedLength = rejected,
            };
        }
    }

    [Fact]
    public void A_length_shortcut_is_told_from_a_model_that_knows_quality()
    {
        LengthAudit shortcut = LengthAudit.Of(Pairs(0.02, 4)),
            honest = LengthAudit.Of(Pairs(1, 0));

        Assert.True(shortcut.LengthMatchedCheckNeeded && honest.LengthMatchedCheckNeeded, "both see labels that follow length");
        Assert.True(shortcut.AccuracyGap > 0.5, $"{shortcut.AccuracyGap}");
        Assert.True(Math.Abs(honest.AccuracyGap) < 0.08, $"{honest.AccuracyGap}");
        Assert.True(
            shortcut.Matched[0].Accuracy < honest.Matched[0].Accuracy - 0.1,
            $"{shortcut.Matched[0].Accuracy} {honest.Matched[0].Accuracy}"
        );
        Assert.True(shortcut.Spearman.Coefficient > 0.7 && Math.Abs(honest.Spearman.Coefficient) < 0.1);
        Assert.True(shortcut.LongerAgainstRight.OddsRatio > 10 && honest.LongerAgainstRight.OddsRatio < 2);
        Assert.NotNull(honest.ScoreAndLength);
    }

    [Fact]
    public void Empty_and_unknown_lengths_are_taken_as_they_are()
    {
        var audit = LengthAudit.Of([
            new PairScore
            {
                Row = 1,
                ChosenScore = 1,
                RejectedScore = 0,
                ChosenLength = 7,
                RejectedLength = 0,
            },
            new PairScore
            {
                Row = 2,
                ChosenScore = 1,
                RejectedScore = 0,
                ChosenLength = 0,
                RejectedLength = 0,
            },
            new PairScore
            {
                Row = 3,
                ChosenScore = 1,
                RejectedScore = 0,
            },
        ]);

        Assert.Equal((2L, 1L, 1L), (audit.Pairs, audit.ChosenLonger, audit.EqualLength));
        Assert.Equal(1, audit.Matched[0].Pairs);
        Assert.Null(audit.ScoreAndLength);
        Assert.NotNull(audit.RegressionNote);
        Assert.Throws<EvaluationException>(() =>
            LengthAudit.Of([
                new PairScore
                {
                    Row = 3,
                    ChosenScore = 1,
                    RejectedScore = 0,
                },
            ])
        );
    }
}
