using Assay.Evaluation.Audits;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Audits;

public sealed class AuditFindingsTests
{
    private static readonly Dictionary<string, string> Marks = new()
    {
        ["headings"] = "\n# Part\n",
        ["list_items"] = "\n- this\n- that\n",
        ["bold"] = " **word** ",
        ["code_blocks"] = "\n```\nx\n```\n",
        ["inline_code"] = " `x` ",
        ["links"] = " https://a.b ",
        ["exclamations"] = "!",
        ["questions"] = "?",
        ["hedges"] = " perhaps ",
        ["refusals"] = " I cannot ",
        ["apologies"] = " I apologise ",
        ["emoji"] = "😊",
    };

    /// <summary>
    /// Pairs whose answers have each mark by the toss of a coin and random length; people prefer by quality alone, the scorer adds
    /// <paramref name="bonus"/>.
    /// </summary>
    private static AuditFinding[] Findings(Func<string, double> bonus, int count = 1500)
    {
        var random = new SeededRandom(23);
        var (lengths, styles) = (new LengthAccumulator(), new StyleAccumulator());
        for (var row = 1; row <= count; row++)
        {
            string[] texts =
            [
                .. Enumerable
                    .Range(0, 2)
                    .Select(_ =>
                        new string('x', 200 + random.Next(300)) + ". " + string.Concat(Marks.Values.Where(_ => random.Next(2) == 0))
                    ),
            ];
            double[] scores =
            [
                .. texts.Select(
                    (text, i) => (i == 0 ? 1 : 0) + 2 * (random.NextDouble() - 0.5) + 2 * (random.NextDouble() - 0.5) + bonus(text)
                ),
            ];
            var pair = new PairScore
            {
                Row = row,
                ChosenScore = scores[0],
                RejectedScore = scores[1],
                ChosenLength = texts[0].Length,
                RejectedLength = texts[1].Length,
            };
            lengths.Add(pair);
            styles.Add(pair, "", texts[0], texts[1]);
        }
        return [.. AuditFindings.Of(lengths.Audit(), styles.Audit(), [], [])];
    }

    [Fact]
    public void Nothing_is_held_against_a_model_that_errs_at_random() => Assert.Empty(Findings(_ => 0));

    public static TheoryData<string> Names => [.. Marks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_that_pays_for_one_feature_is_named_for_that_one_and_no_other(string name)
    {
        var finding = Assert.Single(Findings(text => text.Contains(Marks[name], StringComparison.Ordinal) ? 1.5 : 0));
        Assert.Equal(("style", name), (finding.Kind, finding.Name));
        Assert.StartsWith($"Pays for {name.Replace('_', ' ')}: right on ", finding.Sentence, StringComparison.Ordinal);
        Assert.True(finding.Interval!.Value.Low > 0.1 && finding.Interval.Value.Contains(finding.Value));
    }

    [Fact]
    public void A_model_that_marks_a_feature_down_is_told_so() =>
        Assert.StartsWith(
            "Marks down exclamations: ",
            Assert.Single(Findings(text => text.Contains('!') ? -1.5 : 0)).Sentence,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_model_that_pays_for_length_is_named_for_length_once()
    {
        var finding = Assert.Single(Findings(text => text.Length / 50.0));
        Assert.Equal(("length", "length"), (finding.Kind, finding.Name));
        Assert.Matches(
            @"^Pays for length: right on \d+ % of the \d+ pairs whose preferred answer is longer and on \d+ % of the \d+ whose is shorter, a gap of 0\.\d\d \(95 % interval 0\.\d\d to 0\.\d\d\)\.$",
            finding.Sentence
        );
    }

    [Fact]
    public void A_taste_that_people_share_is_not_held_against_the_model()
    {
        // People prefer the longer answer in four of five pairs, the model is right on 70 % whatever the length.
        var random = new SeededRandom(2);
        var audit = LengthAudit.Of(
            Enumerable
                .Range(1, 3000)
                .Select(row =>
                {
                    bool isLonger = random.Next(5) > 0,
                        isRight = random.Next(10) < 7;
                    return new PairScore
                    {
                        Row = row,
                        ChosenScore = isRight ? 1 : 0,
                        RejectedScore = isRight ? 0 : 1,
                        ChosenLength = isLonger ? 20 : 10,
                        RejectedLength = isLonger ? 10 : 20,
                    };
                })
        );
        Assert.True(audit.LabelPrefersLonger > 0.75 && audit.ModelPrefersLonger < 0.68);
        Assert.True(audit.AccuracyGapInterval.Contains(0));
        Assert.Empty(AuditFindings.Of(audit, null, [], []));
    }

    [Theory]
    [InlineData(200, 0, 0, 200, true)] // the longer answer, whatever it says
    [InlineData(110, 90, 105, 95, true)] // a coin, all but
    [InlineData(160, 40, 150, 50, false)]
    [InlineData(40, 0, 0, 40, false)] // too few pairs to say so
    public void A_model_that_is_not_above_length_alone_is_named(
        int longerRight,
        int longerWrong,
        int shorterRight,
        int shorterWrong,
        bool isNamed
    )
    {
        var length = LengthAudit.Of(Gates.EvidenceFolder.Pairs((longerRight, longerWrong), (shorterRight, shorterWrong)));
        Assert.Equal(isNamed, AuditFindings.Of(length, null, [], []).Any(finding => finding is { Kind: "baseline", Name: "length_only" }));
    }
}
