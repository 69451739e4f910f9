using System.Text.Json;
using Assay.Data;
using Assay.Evaluation.Metrics;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Metrics;

public sealed class PairMetricsTests
{
    private const double Tolerance = 1e-12; // fp64 sums of a few terms

    private static PairScore Pair(double chosen, double rejected, long row = 1) =>
        new()
        {
            Row = row,
            ChosenScore = chosen,
            RejectedScore = rejected,
        };

    [Fact]
    public void The_worked_example_comes_out_to_the_printed_digit()
    {
        var metrics = PairMetrics.Of([Pair(2.1, 0.4), Pair(0.8, 1.0), Pair(1.9, 1.2)]);

        Assert.Equal("0.4564", metrics.Loss.ToString("F4"));
        Assert.Equal("0.6667", metrics.Accuracy.ToString("F4"));
        Assert.Equal(2.2 / 3, metrics.MarginMean, Tolerance);
    }

    [Fact]
    public void A_tie_counts_half_and_every_other_policy_is_named()
    {
        var metrics = PairMetrics.Of([Pair(1, 0), Pair(2, 2), Pair(0, 1), Pair(3, 1)]);

        Assert.Equal((4, 2, 1, 1), (metrics.Pairs, metrics.Wins, metrics.Ties, metrics.Losses));
        Assert.Equal(0.625, metrics.AccuracyWith(TiePolicy.Half), Tolerance);
        Assert.Equal(0.5, metrics.AccuracyWith(TiePolicy.Wrong), Tolerance);
        Assert.Equal(0.75, metrics.AccuracyWith(TiePolicy.Right), Tolerance);
        Assert.Equal(2.0 / 3, metrics.AccuracyWith(TiePolicy.Dropped), Tolerance);
    }

    [Theory]
    [InlineData(double.NaN, "chosen_score is NaN")]
    [InlineData(double.PositiveInfinity, "chosen_score is infinite")]
    public void A_score_that_is_no_number_is_refused_by_row(double score, string expected)
    {
        var error = Assert.Throws<EvaluationException>(() =>
            PairMetrics.Of([
                Pair(1, 0),
                new PairScore
                {
                    Row = 7,
                    Id = "x",
                    ChosenScore = score,
                    RejectedScore = 0,
                },
            ])
        );

        Assert.Contains("row 7 (id x): " + expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_pairs_are_refused() => Assert.Throws<EvaluationException>(() => PairMetrics.Of([]));

    [Fact]
    public void A_weight_of_two_is_the_pair_twice_for_means_and_weighs_in_the_effective_number()
    {
        var twice = PairMetrics.Of([Pair(1, 0), Pair(1, 0), Pair(0, 0.5)]);
        var weighted = PairMetrics.Of([Pair(1, 0) with { Weight = 2 }, Pair(0, 0.5)]);

        Assert.Equal(twice.Accuracy, weighted.Accuracy, Tolerance);
        Assert.Equal(twice.Loss, weighted.Loss, Tolerance);
        Assert.Equal(twice.RewardStd, weighted.RewardStd, Tolerance);
        Assert.Equal(9.0 / 5, weighted.EffectivePairs, Tolerance);
        Assert.True(weighted.AccuracyLow < twice.AccuracyLow, "two rows know less than three");
        Assert.Throws<EvaluationException>(() => PairMetrics.Of([Pair(1, 0) with { Weight = 0 }]));
    }

    [Fact]
    public void A_large_common_offset_moves_the_reward_mean_and_nothing_else()
    {
        PairScore[] pairs = [Pair(2.25, 0.5), Pair(0.75, 1.0), Pair(2, 1.25)];
        var near = PairMetrics.Of(pairs);
        var far = PairMetrics.Of(
            pairs.Select(pair => pair with { ChosenScore = pair.ChosenScore + 1e6, RejectedScore = pair.RejectedScore + 1e6 })
        );

        Assert.Equal(near.Loss, far.Loss, Tolerance);
        Assert.Equal(near.RewardStd, far.RewardStd, 1e-9); // the offset costs six digits of the scores themselves
        Assert.Equal(near.RewardMean + 1e6, far.RewardMean, 1e-6);
    }

    [Fact]
    public void Slices_cut_by_source_and_by_length_and_leave_out_what_is_empty()
    {
        var metrics = PairMetrics.Of([
            Pair(1, 0) with
            {
                Source = "b",
                ChosenLength = 30,
                RejectedLength = 10,
            },
            Pair(0, 1) with
            {
                Source = "a",
                ChosenLength = 10,
                RejectedLength = 30,
            },
            Pair(1, 1) with
            {
                Source = "a",
                ChosenLength = 0,
                RejectedLength = 0,
            },
            Pair(1, 0) with
            {
                ChosenLength = 125,
                RejectedLength = 100,
            },
            Pair(1, 0),
        ]);

        Assert.Equal(
            [
                "source/a:2:0.25",
                "source/b:1:1",
                "length_order/chosen_longer:2:1",
                "length_order/chosen_shorter:1:0",
                "length_order/equal:1:0.5",
                "length_ratio/<=0.5:1:0",
                "length_ratio/(0.8,1.25]:2:0.75",
                "length_ratio/>2:1:1",
            ],
            metrics.Slices.Select(slice => $"{slice.By}/{slice.Name}:{slice.Pairs}:{slice.Accuracy}")
        );
    }

    [Fact]
    public void Slices_cut_by_provenance_and_a_pair_counts_for_each_of_its_annotators()
    {
        var metrics = PairMetrics.Of([
            Pair(1, 0) with
            {
                Provenance = new()
                {
                    ChosenGenerator = "g",
                    RejectedGenerator = "h",
                    LabellingBatch = "b1",
                    Annotators = ["ann", "bob", "ann"],
                    ChosenPosition = 1,
                },
            },
            Pair(0, 1) with
            {
                Provenance = new()
                {
                    ChosenGenerator = "h",
                    RejectedGenerator = "g",
                    LabellingBatch = "b2",
                    Annotators = ["bob"],
                    ChosenPosition = 2,
                    SourcePrompt = "p",
                    SamplingSettings = new() { ["temperature"] = 1 },
                },
            },
            Pair(1, 0),
        ]);

        Assert.Equal(
            [
                "chosen_generator/g:1:1",
                "chosen_generator/h:1:0",
                "rejected_generator/g:1:0",
                "rejected_generator/h:1:1",
                "sampling_settings/{\"temperature\":1}:1:0",
                "labelling_batch/b1:1:1",
                "labelling_batch/b2:1:0",
                "annotator/ann:1:1",
                "annotator/bob:2:0.5",
                "chosen_position/first:1:1",
                "chosen_position/second:1:0",
            ],
            metrics.Slices.Select(slice => $"{slice.By}/{slice.Name}:{slice.Pairs}:{slice.Accuracy}")
        );
    }

    [Fact]
    public void Names_beyond_a_thousand_are_one_slice()
    {
        var metrics = PairMetrics.Of(Enumerable.Range(0, 1500).Select(i => Pair(i % 2, 0) with { Source = $"s{i}" }));

        Assert.Equal(1001, metrics.Slices.Count);
        Assert.Equal(500, Assert.Single(metrics.Slices, slice => slice.Name == "(others)").Pairs);
    }

    [Fact]
    public void Json_has_the_contract_s_names_and_null_for_what_is_undefined()
    {
        var json = JsonDocument.Parse(JsonSerializer.Serialize(PairMetrics.Of([Pair(1, 1)]), EvaluationJson.Options)).RootElement;

        foreach (
            var name in new[]
            {
                "pairs",
                "accuracy",
                "accuracy_low",
                "accuracy_high",
                "ties",
                "loss",
                "margin_mean",
                "reward_mean",
                "reward_std",
                "slices",
            }
        )
            Assert.True(json.TryGetProperty(name, out _), name);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("accuracy_ties_dropped").ValueKind);
    }

    [Fact]
    public void A_scorer_is_asked_in_batches_and_its_scores_keep_the_order()
    {
        var pairs = Enumerable
            .Range(1, 5)
            .Select(i => new PreferencePair
            {
                Row = i,
                Prompt = "p: ",
                PromptTextLength = 3,
                Chosen = Conversation.OfText("p: " + new string('c', i)),
                Rejected = Conversation.OfText("p: no"),
            });
        var scores = PairScoring
            .ScorePairs(
                new FakeScorer(conversation => conversation.Text == "p: no" ? -1 : conversation.Text!.Length),
                pairs,
                (pair, _) => Assert.Fail($"row {pair.Row} was refused"),
                pairsPerBatch: 2
            )
            .Select(scored => scored.Score)
            .ToList();

        Assert.Equal([4.0, 5, 6, 7, 8], scores.Select(score => score.ChosenScore));
        Assert.All(scores, score => Assert.Equal(-1, score.RejectedScore), throwIfEmpty: true);
        Assert.Equal([1L, 2, 3, 4, 5], scores.Select(score => score.ChosenLength!.Value));
        Assert.All(scores, score => Assert.Equal(2, score.RejectedLength), throwIfEmpty: true);
        Assert.Single(scores.Select(score => score.Group).Distinct());
    }

    [Fact]
    public void A_pair_of_which_a_side_is_refused_is_told_with_the_reason_and_its_neighbours_are_scored()
    {
        PreferencePair[] pairs =
        [
            .. Enumerable
                .Range(1, 4)
                .Select(i => new PreferencePair
                {
                    Row = i,
                    Chosen = Conversation.OfText($"a{i}"),
                    Rejected = Conversation.OfText(i == 3 ? "long" : "b"),
                }),
        ];
        var refused = new List<(long Row, Refusal Refusal)>();
        var scores = PairScoring
            .ScorePairs(
                new FakeScorer(conversation =>
                    conversation.Text switch
                    {
                        "long" => new Refusal("over_length", "9 tokens"),
                        "a1" => new Refusal("cannot_render", "no"),
                        _ => 1,
                    }
                ),
                pairs,
                (pair, refusal) => refused.Add((pair.Row, refusal))
            )
            .ToList();

        Assert.Equal([2L, 4], scores.Select(scored => scored.Score.Row));
        Assert.Equal([(1L, new Refusal("cannot_render", "no")), (3, new Refusal("over_length", "9 tokens"))], refused);
    }

    [Fact]
    public void Lengths_are_code_points()
    {
        var pair = new PreferencePair
        {
            Row = 1,
            Chosen = Conversation.OfText("🙂🙂e\u0301"),
            Rejected = Conversation.OfText("abc\uD83D"),
        };

        var score = PairScoring.ScorePairs(new FakeScorer(_ => 1), [pair], (_, _) => { }).Single().Score;
        Assert.Equal((4L, 4L), (score.ChosenLength, score.RejectedLength));
    }

    [Fact]
    public void A_scorer_that_loses_a_score_is_refused()
    {
        var pair = new PreferencePair
        {
            Row = 3,
            Chosen = Conversation.OfText("a"),
            Rejected = Conversation.OfText("b"),
        };

        Assert.Contains(
            "row 3",
            Assert.Throws<EvaluationException>(() => PairScoring.ScorePairs(new ShortScorer(), [pair], (_, _) => { }).Count()).Message,
            StringComparison.Ordinal
        );
    }

    private sealed class ShortScorer : IScorer
    {
        public IReadOnlyList<ScoreOutcome> Score(
            IReadOnlyList<Conversation> conversations,
            CancellationToken cancellationToken = default
        ) => [1f];
    }
}
