using System.Text.Json;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Comparison;

public sealed class ComparisonReportTests
{
    private const int PairCount = 900;

    private static PairScore[] Scores(double edge, long seed)
    {
        var random = new SeededRandom(seed);
        return
        [
            .. Enumerable
                .Range(0, PairCount)
                .Select(i => new PairScore
                {
                    Row = i + 1,
                    Id = $"p{i}",
                    Group = $"g{i / 3}",
                    ChosenScore = edge + random.NextDouble(),
                    RejectedScore = random.NextDouble(),
                }),
        ];
    }

    private static ScoredModel Model(string name, IEnumerable<PairScore> pairs) =>
        new(name, new EvidenceInput(name + ".jsonl", ""), null, pairs);

    private static readonly ScoredModel Good = Model("good", Scores(0.5, 1)),
        AlsoGood = Model("also good", Scores(0.49, 2)),
        Bad = Model("bad", Scores(0.05, 3));

    [Fact]
    public void Models_are_ranked_and_noise_is_told_from_difference()
    {
        var report = ComparisonReport.Of([Bad, Good, AlsoGood]);

        Assert.Equal([1, 2, 3], report.Models.Select(model => model.Rank));
        Assert.Equal("bad", report.Models[2].Name);
        Assert.Equal([true, true, false], report.Models.Select(model => model.IsTiedWithBest));
        Assert.Equal([true, false, false], report.Differences.Select(difference => difference.IsNoise));
        Assert.Equal((PairCount, PairCount / 3), (report.Pairs, report.Prompts));
    }

    [Fact]
    public void A_further_model_changes_no_rank_no_interval_and_no_raw_p_value()
    {
        var two = ComparisonReport.Of([Good, AlsoGood]);
        var three = ComparisonReport.Of([Good, Bad, AlsoGood]);
        ModelDifference before = Assert.Single(two.Differences),
            after = three.Differences.Single(difference => difference.First == before.First && difference.Second == before.Second);

        Assert.Equal(two.Models.Select(model => model.Name), three.Models.Select(model => model.Name).Where(name => name != "bad"));
        Assert.Equal((before.Interval, before.PermutationPValue, before.McNemar), (after.Interval, after.PermutationPValue, after.McNemar));
        Assert.True(after.AdjustedPValue >= before.AdjustedPValue);
    }

    [Fact]
    public void Pairs_that_one_model_lacks_are_left_out_and_counted_whatever_their_order()
    {
        var report = ComparisonReport.Of([Good, Model("short", Scores(0.3, 4).Skip(100).Reverse())]);

        Assert.Equal(PairCount - 100, report.Pairs);
        Assert.Equal(
            [("good", 100L), ("short", 0L)],
            report.Models.Select(model => (model.Name, model.LeftOut)).OrderBy(model => model.Name)
        );
        Assert.Equal(
            ComparisonReport
                .Of([Model("good", Scores(0.5, 1).Skip(100)), Model("short", Scores(0.3, 4).Skip(100))])
                .Models.Select(model => model.Figures.Accuracy),
            report.Models.Select(model => model.Figures.Accuracy)
        );
    }

    [Fact]
    public void The_second_pair_of_a_row_meets_the_second_pair_of_that_row()
    {
        PairScore Pair(double chosen) =>
            new()
            {
                Row = 7,
                ChosenScore = chosen,
                RejectedScore = 0,
            };
        var report = ComparisonReport.Of([Model("a", [Pair(1), Pair(-1)]), Model("b", [Pair(2), Pair(-2), Pair(3)])]);

        Assert.Equal(2, report.Pairs);
        Assert.Equal(1, Assert.Single(report.Differences).Agreement);
        Assert.Equal(1, report.Models.Single(model => model.Name == "b").LeftOut);
    }

    [Fact]
    public void Scores_that_do_not_belong_together_are_refused()
    {
        string Refusal(IEnumerable<PairScore> other) =>
            Assert.Throws<EvaluationException>(() => ComparisonReport.Of([Good, Model("other", other)])).Message;

        Assert.Contains("no pair in common by id", Refusal(Scores(0, 1).Select(pair => pair with { Id = "q" + pair.Id })));
        Assert.Contains("has no id", Refusal(Scores(0, 1).Select(pair => pair with { Id = null })));
        Assert.Contains("chosen_score is NaN", Refusal(Scores(0, 1).Select(pair => pair with { ChosenScore = double.NaN })));

        PairScore[] here = [.. Scores(0, 1).Select(pair => pair with { Group = PairScoring.GroupOf($"prompt {pair.Row}") })],
            there = [.. here.Select(pair => pair with { Group = PairScoring.GroupOf($"other prompt {pair.Row}") })];
        Assert.Contains(
            "has another prompt",
            Assert.Throws<EvaluationException>(() => ComparisonReport.Of([Model("here", here), Model("there", there)])).Message
        );
    }

    [Fact]
    public void It_survives_JSON()
    {
        var report = ComparisonReport.Of([Good, Bad, AlsoGood]);
        var text = JsonSerializer.Serialize(report, EvaluationJson.Options);

        Assert.StartsWith("{\n  \"format\": \"assay.compare/1\"", text);
        Assert.Equal(
            text,
            JsonSerializer.Serialize(JsonSerializer.Deserialize<ComparisonReport>(text, EvaluationJson.Options), EvaluationJson.Options)
        );
    }
}
