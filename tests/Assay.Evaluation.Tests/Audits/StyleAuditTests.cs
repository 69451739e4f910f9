using Assay.Evaluation.Audits;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Audits;

public sealed class StyleAuditTests
{
    private static double Feature(string name, string text) => StyleFeatures.Of(text)[StyleFeatures.Names.ToList().IndexOf(name)];

    [Theory]
    [InlineData("headings", "# One\ntext # no\n### Two\n#none", 2)]
    [InlineData("list_items", "- a\n* b\n1. c\n  2) d\n-e\n1.5 kg", 4)]
    [InlineData("bold", "**a** and **b c** but * not * this", 2)]
    [InlineData("code_blocks", "```python\nx\n```\ntext\n```\ny\n```", 2)]
    [InlineData("inline_code", "use `x` or `y z`, not ```z```", 2)]
    [InlineData("exclamations", "Great! Really!! 好！", 4)]
    [InlineData("hedges", "Perhaps it might. Mayday is no hedge.", 2)]
    [InlineData("refusals", "I'm sorry, I can't do that. I cannot.", 2)]
    [InlineData("apologies", "I'm sorry, I can't. I am so sorry. Sorry state.", 2)]
    [InlineData("emoji", "ok 😀👍 ☀", 3)]
    [InlineData("non_latin_share", "ab 你好", 0.5)]
    [InlineData("non_latin_share", "déjà vu Straße", 0)]
    [InlineData("characters", "", 0)]
    public void A_feature_counts_what_its_name_says(string name, string text, double expected) =>
        Assert.Equal(expected, Feature(name, text), 1e-12);

    /// <summary>
    /// Pairs in which people preferred the answer with bold text half the time, and a model that scores by <paramref name="score"/>.
    /// </summary>
    private static IEnumerable<(PairScore, string, string)> Pairs(Func<string, double, double> score)
    {
        var random = new SeededRandom(5);
        for (var i = 0; i < 400; i++)
        {
            double quality = random.NextDouble(),
                other = quality - 0.2 - 0.5 * random.NextDouble() + 0.4 * random.NextDouble();
            string chosen = (i % 2 == 0 ? "an **answer**" : "an answer") + new string('x', random.Next(9)),
                rejected = (i % 4 < 2 ? "an **answer**" : "an answer") + new string('x', random.Next(9));
            yield return (
                new PairScore
                {
                    Row = i + 1,
                    ChosenScore = score(chosen, quality),
                    RejectedScore = score(rejected, other),
                },
                chosen,
                rejected
            );
        }
    }

    private static StyleFeatureAudit Bold(StyleAudit audit) => audit.Features.Single(feature => feature.Feature == "bold");

    [Fact]
    public void A_model_that_pays_for_bold_text_is_told_from_one_that_does_not()
    {
        StyleAudit shortcut = StyleAudit.Of(Pairs((text, quality) => quality + (text.Contains("**", StringComparison.Ordinal) ? 2 : 0))),
            honest = StyleAudit.Of(Pairs((_, quality) => quality));

        Assert.Equal(0.5, Bold(shortcut).LabelPrefersMore, 1e-12);
        Assert.Equal(1, Bold(shortcut).ModelPrefersMore, 1e-12);
        Assert.Equal(0, Bold(shortcut).AccuracyWhenChosenHasLess, 1e-12);
        Assert.True(Bold(shortcut).WithMargin.PValue < 1e-10);
        Assert.InRange(Math.Abs(Bold(honest).Excess), 0, 0.1);
        Assert.True(Bold(honest).AccuracyWhenChosenHasLess > 0.8);
        Assert.NotNull(honest.LabelOnMarginAndStyle);
    }
}
