using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Records;
using Assay.Models;
using Assay.Reward.Objectives;
using Assay.Reward.Tests.Objectives;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Heads;

/// <summary>Regression on ratings: the loss, a world with known ratings, and runs from a file to a folder.</summary>
public sealed class RatingTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assay-ratings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_loss_is_the_mean_square_over_the_ratings_that_are_there_and_has_its_derivatives()
    {
        double[] heads = [0.5, -1.25, 3],
            gradient = new double[3];
        double?[] ratings = [2, null, 1];
        Assert.Equal(((1.5 * 1.5) + (2 * 2)) / 2, RatingLoss.Of(heads, ratings, gradient), 1e-12);
        for (var i = 0; i < 3; i++)
        {
            double At(double shift) =>
                RatingLoss.Of([.. heads.Select((head, at) => at == i ? head + shift : head)], ratings, new double[3]);
            Assert.Equal((At(1e-6) - At(-1e-6)) / 2e-6, gradient[i], 1e-8);
        }
        Assert.Equal(0, gradient[1]);
    }

    [Fact]
    public void Two_rows_are_compared_where_their_ratings_differ()
    {
        var (higher, lower) = RatingLoss.Orders([0.1, 0.2, 0.3, 9], [2, 1, 2, null]);
        Assert.Equal([0.1, 0.3], higher);
        Assert.Equal([0.2, 0.2], lower);
    }

    // How good an answer is by the truth, and how strongly it is worded either way: two ratings that have nothing to do with each other.
    private static List<EncodedPair> World(int seed, int count, bool isShuffled = false)
    {
        List<int[]> answers = [.. new PlantedPairs(seed).Draw(count).Select(pair => pair.Chosen)];
        var random = new Random(seed);
        int[] from = [.. Enumerable.Range(0, count)];
        if (isShuffled)
            random.Shuffle(from);
        return
        [
            .. answers.Select(
                (ids, i) =>
                    new EncodedPair(i + 1, ids, ids)
                    {
                        Ranked = [ids],
                        Ratings =
                        [
                            PlantedPairs.Reward(answers[from[i]]),
                            i % 7 == 0 ? null : answers[from[i]].Count(id => id is >= 20 and < 40),
                        ],
                    }
            ),
        ];
    }

    private static readonly TrainingSettings Both = new()
    {
        LossType = "regression",
        RegressionTargets = ["quality", "strength"],
        RegressionWeights = ["1", "-0.5"],
        LearningRate = 2e-3,
        PerDeviceTrainBatchSize = 16,
        NumTrainEpochs = 3,
    };

    private RatingEvaluation Train(IReadOnlyList<EncodedPair> rows)
    {
        using var network = RewardNetwork.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm")).Network;
        var result = new RewardTrainer(network, Both.Checked(), rows, World(99, 300), TimeProvider.System).Run(null);
        // The score is the heads' sum with the stated weights.
        var scorer = new SequenceScorer(network);
        var heads = scorer.Rows([rows[0].Chosen], 2048)[0];
        Assert.Equal(heads[0] - (0.5f * heads[1]), scorer.ScoreOf(heads), 1e-5f);
        return (RatingEvaluation)result.Evaluation!;
    }

    [SharedFact]
    public void Each_head_learns_its_rating_and_shuffled_ratings_teach_nothing()
    {
        var (learned, senseless) = (Train(World(1, 1500)), Train(World(1, 1500, isShuffled: true)));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"correlations {learned.Correlations["quality"]:0.000} and {learned.Correlations["strength"]:0.000}, {learned.Accuracy:0.000} of pairs in order, loss {learned.Loss:0.000}; shuffled {senseless.Correlations["quality"]:0.000} and {senseless.Correlations["strength"]:0.000}, {senseless.Accuracy:0.000}, {senseless.Loss:0.000}"
            )
        );
        Assert.True(learned.Correlations["quality"] > 0.8, $"{learned.Correlations["quality"]}");
        Assert.True(learned.Correlations["strength"] > 0.8, $"{learned.Correlations["strength"]}");
        Assert.True(learned.Accuracy > 0.8, $"{learned.Accuracy}");
        Assert.True(senseless.Correlations["quality"] < 0.5, $"{senseless.Correlations["quality"]}");
        Assert.True(senseless.Accuracy < 0.65, $"{senseless.Accuracy}");
        Assert.True(learned.Loss < senseless.Loss / 2, $"{learned.Loss} against {senseless.Loss}");
    }

    private TrainingSettings Run(string name = "out", params string[] lines)
    {
        var data = Path.Combine(folder, "rated.jsonl");
        if (lines.Length == 0)
        {
            lines =
            [
                .. Enumerable
                    .Range(0, 40)
                    .SelectMany(i =>
                        new[] { 4, 1 }.Select(grade =>
                            new JsonObject
                            {
                                ["prompt"] = $"Question {i}?",
                                ["response"] = grade == 4 ? $"A full and friendly answer to {i}." : $"No {i}.",
                                ["helpfulness"] = grade,
                                ["verbosity"] = i % 3 == 0 ? null : 5 - grade,
                            }.ToJsonString()
                        )
                    ),
            ];
        }
        File.WriteAllLines(data, lines);
        return new TrainingSettings
        {
            Model = TrainingGoldens.PathOf("checkpoints", "llama-rm"),
            Data = [data],
            OutputDir = Path.Combine(folder, name),
            LossType = "regression",
            RegressionTargets = ["helpfulness", "verbosity"],
            RegressionWeights = ["1", "-0.25"],
            PerDeviceTrainBatchSize = 4,
            MaxSteps = 12,
            LearningRate = 5e-3,
            EvalSplit = 0.2,
        };
    }

    private static TrainingSummary Execute(
        TrainingSettings settings,
        RunStart start = RunStart.Fresh,
        TrainingObserver? observer = null,
        CancellationToken stop = default
    ) =>
        new TrainingRun(settings, TimeProvider.System) { Start = start, Observer = observer ?? TrainingObserver.None }
            .Execute(stop)
            .Summary!;

    [SharedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_of_ratings_become_a_model_whose_score_is_their_weighted_sum(bool headOnly)
    {
        var alarms = new List<string>();
        var settings = Run() with { HeadOnly = headOnly };
        var summary = Execute(settings, observer: new TrainingObserver { Alarm = alarms.Add });
        Assert.DoesNotContain(
            alarms,
            alarm => !alarm.Contains("template", StringComparison.Ordinal) && !alarm.Contains("date", StringComparison.Ordinal)
        );
        Assert.Equal(80, summary.Data.Rows);
        Assert.Equal(80, summary.Data.TrainPairs + summary.Data.EvalPairs);
        Assert.Equal(
            [
                "eval_loss",
                "eval_accuracy",
                "eval_ties",
                "eval_margin",
                "eval_min_reward",
                "eval_mean_reward",
                "eval_max_reward",
                "eval_rows",
                "eval_pearson_helpfulness",
                "eval_pearson_verbosity",
                "eval_mae_helpfulness",
                "eval_mae_verbosity",
            ],
            summary
                .Closing.Figures.Select(field => field.Key)
                .Where(name => name.StartsWith("eval_", StringComparison.Ordinal) && name != "eval_pairs")
        );
        using var model = RewardModel.Load(settings.OutputDir!);
        Assert.Equal(1, model.MemberCount);
        Assert.Equal(["helpfulness", "verbosity"], model.Network.Rows!.Names);
        TellsItsRatings(model);
        var record = JsonNode.Parse(File.ReadAllText(Path.Combine(settings.OutputDir!, "assay.json")))!["training"]!["objective"]!;
        Assert.Equal("""{"loss_type":"regression","targets":["helpfulness","verbosity"],"weights":[1,-0.25]}""", record.ToJsonString());
    }

    private static void TellsItsRatings(RewardModel model)
    {
        Conversation[] asked = [.. "abc".Select(letter => Conversation.OfMessages([new("user", $"{letter}?"), new("assistant", "No.")]))];
        var heads = new SequenceScorer(model.Network).Rows([.. asked.Select(one => model.Encode(one).Ids)], 2048);
        var outcomes = model.Score(asked);
        for (var i = 0; i < asked.Length; i++)
        {
            Assert.Equal(
                new Dictionary<string, float> { ["helpfulness"] = heads[i][0], ["verbosity"] = heads[i][1] },
                outcomes[i].Components
            );
            Assert.Equal((float)(heads[i][0] - (0.25 * heads[i][1])), outcomes[i].Score);
            Assert.Null(outcomes[i].Members);
        }
        // Plain models tell nothing but the score.
        using var plain = RewardModel.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm"));
        Assert.Null(plain.Score(asked[..1])[0].Components);
    }

    [SharedFact]
    public void A_stopped_run_of_ratings_goes_on_to_the_same_bits()
    {
        Execute(Run("whole"));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Execute(
                Run("stopped"),
                observer: new TrainingObserver
                {
                    Updated = update =>
                    {
                        if (update.Step == 5)
                            stop.Cancel();
                    },
                },
                stop: stop.Token
            )
        );
        Execute(Run("stopped"), RunStart.Resume);
        foreach (var file in new[] { "model.safetensors", "heads.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "whole", file)), File.ReadAllBytes(Path.Combine(folder, "stopped", file)));
    }

    [SharedFact]
    public void Rows_that_cannot_be_rated_are_set_aside_with_their_reason()
    {
        var settings = Run(
            "out",
            """{"prompt": "A?", "response": "Yes.", "helpfulness": 3, "verbosity": 1}""",
            """{"prompt": "B?", "response": "No.", "helpfulness": null}""",
            """{"prompt": "C?", "response": "", "helpfulness": 1}""",
            """{"prompt": "D?", "response": "No.", "helpfulness": "high"}""",
            """{"prompt": "E?", "helpfulness": 1}""",
            """{"messages": [{"role": "user", "content": "F?"}, {"role": "assistant", "content": "Well."}], "verbosity": 2}""",
            """{"prompt": "A?", "response": "Yes.", "helpfulness": 3}""",
            "not json"
        ) with
        {
            EvalSplit = null,
            MaxSteps = 1,
            MaxErrors = 2,
        };
        // "high" is no number and the last line no JSON: two rows that cannot be read.
        var refusal = Assert.Throws<DataFormatException>(() => Execute(settings with { MaxErrors = 1 }));
        Assert.Contains("2 rows cannot be read", refusal.Message, StringComparison.Ordinal);
        Execute(settings);
        var aside = RowLine
            .Read(Path.Combine(settings.OutputDir!, "quarantine.jsonl"))
            .ToDictionary(row => row.Assay.Line, row => row.Assay.Reasons![0].Code);
        Assert.Equal([2, 3, 4, 5, 7, 8], aside.Keys.Order());
        Assert.Equal(
            ("missing_field", "empty_candidate", "wrong_type", "missing_field", "duplicate_row"),
            (aside[2], aside[3], aside[4], aside[5], aside[7])
        );
    }

    [Theory]
    [InlineData("regression", "", "", "regression_targets is empty")]
    [InlineData("regression", "a b", "", "regression_weights is empty")]
    [InlineData("regression", "a b", "1", "regression_weights is 1")]
    [InlineData("regression", "a b", "1 x", "regression_weights is 1 x")]
    [InlineData("regression", "a a", "1 1", "regression_targets is a a")]
    [InlineData("regression", "a b", "0 0", "regression_weights is 0 0")]
    [InlineData("sigmoid", "a", "", "regression_targets is a")]
    public void Ratings_and_weights_that_do_not_fit_are_refused_by_name(string loss, string targets, string weights, string said)
    {
        var settings = new TrainingSettings
        {
            LossType = loss,
            RegressionTargets = targets.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            RegressionWeights = weights.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
        Assert.Contains(said, Assert.Throws<RewardException>(() => settings.Checked()).Message);
    }
}
