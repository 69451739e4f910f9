using System.Text.Json.Nodes;
using Assay.Data.Records;
using Assay.Models;
using Assay.Models.Checkpoints;
using Assay.Models.Heads;
using Assay.Reward.Scoring;
using Assay.Reward.Tests.Objectives;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Heads;

/// <summary>
/// Runs with several heads, from files to a folder: what is written, read again, resumed; and what the spread of an ensemble says.
/// </summary>
public sealed class EnsembleRunTests(ITestOutputHelper output) : IDisposable
{
    // The saved row is the rows' sum, rounded once.
    private const float RoundingLimit = 1e-5f;

    private readonly string folder = Directory.CreateTempSubdirectory("assay-ensemble-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private TrainingSettings Settings(string name = "out", string checkpoint = "llama-rm") =>
        new()
        {
            Model = TrainingGoldens.PathOf("checkpoints", checkpoint),
            Data = [TrainingGoldens.PathOf("data", "train.jsonl")],
            OutputDir = Path.Combine(folder, name),
            PerDeviceTrainBatchSize = 4,
            MaxSteps = 6,
            LearningRate = 5e-3,
            EnsembleHeads = 3,
        };

    private static TrainingSummary Execute(
        TrainingSettings settings,
        RunStart start = RunStart.Fresh,
        TrainingObserver? observer = null,
        CancellationToken stop = default
    ) =>
        new TrainingRun(settings, TimeProvider.System) { Start = start, Observer = observer ?? TrainingObserver.None }
            .Execute(stop)
            .Summary!;

    public static TheoryData<string, string> Kinds =>
        new()
        {
            { "llama-rm", "" },
            { "llama-lm", "" },
            { "bert-rm", "" },
            { "llama-rm", "use_peft" },
            { "llama-rm", "head_only" },
            { "bert-rm", "head_only" },
        };

    private static TrainingSettings With(TrainingSettings settings, string part) =>
        settings with
        {
            UsePeft = part == "use_peft",
            LoraR = part == "use_peft" ? 4 : 16,
            HeadOnly = part == "head_only",
        };

    [SharedTheory]
    [MemberData(nameof(Kinds))]
    public void The_folder_is_one_row_for_others_and_an_ensemble_for_us(string checkpoint, string part)
    {
        var settings = With(Settings(checkpoint: checkpoint), part);
        Execute(settings);
        var saved = settings.OutputDir!;
        int[][] texts =
        [
            [3, 5, 7, 9],
            [3, 5, 8],
            [12, 14],
        ];
        float[][] members;
        using (var model = RewardModel.Load(saved))
        {
            Assert.Equal(3, model.MemberCount);
            Assert.Contains(part == "use_peft" ? "within" : "bit for bit", model.Verification);
            members = model.MemberScores(texts, 4096, default);
            Assert.Equal(members.Select(of => (float)ScoreAggregate.Mean.Of(of)), model.ScoreIds(texts));
        }
        Assert.All(members, of => Assert.Equal(3, of.Distinct().Count()), throwIfEmpty: true);
        var before = ModelFingerprint.Of(saved);
        File.Delete(Path.Combine(saved, "heads.safetensors"));
        Assert.NotEqual(before, ModelFingerprint.Of(saved));
        using var plain = RewardModel.Load(saved);
        Assert.Equal(1, plain.MemberCount);
        Assert.All(
            plain.ScoreIds(texts).Zip(members),
            pair => Assert.Equal(pair.Second.Average(), pair.First, RoundingLimit * Math.Max(1, Math.Abs(pair.First))),
            throwIfEmpty: true
        );
    }

    [SharedTheory]
    [MemberData(nameof(Kinds))]
    public void A_stopped_run_goes_on_to_the_same_bits(string checkpoint, string part)
    {
        var whole = With(Settings("whole", checkpoint), part);
        Execute(whole);
        var stopped = With(Settings("stopped", checkpoint), part);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Execute(
                stopped,
                observer: new TrainingObserver
                {
                    Updated = update =>
                    {
                        if (update.Step == 3)
                            stop.Cancel();
                    },
                },
                stop: stop.Token
            )
        );
        Execute(stopped, RunStart.Resume);
        var name = part == "use_peft" ? "adapter_model.safetensors" : "model.safetensors";
        foreach (var file in new[] { name, "heads.safetensors" })
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(whole.OutputDir!, file)),
                File.ReadAllBytes(Path.Combine(stopped.OutputDir!, file))
            );
    }

    [SharedFact]
    public void An_ensemble_is_trained_on_as_one_and_as_one_row_where_that_is_asked_for()
    {
        Execute(Settings("first"));
        var first = Path.Combine(folder, "first");
        Execute(Settings("second") with { Model = first });
        using (var second = RewardModel.Load(Path.Combine(folder, "second")))
            Assert.Equal(3, second.MemberCount);
        Execute(Settings("third") with { Model = first, EnsembleHeads = null });
        Assert.False(File.Exists(Path.Combine(folder, "third", "heads.safetensors")));
    }

    [SharedFact]
    public void A_length_head_is_in_checkpoints_and_not_in_the_saved_model()
    {
        var settings = Settings() with { EnsembleHeads = null, LossType = "odin", SaveSteps = 3 };
        Execute(settings);
        Assert.False(File.Exists(Path.Combine(settings.OutputDir!, "heads.safetensors")));
        using (var file = SafetensorsFile.Open(Path.Combine(settings.OutputDir!, "checkpoint-3", "heads.safetensors")))
            Assert.Equal(2, file.Tensors.Single().Shape[0]);
        using (var model = RewardModel.Load(settings.OutputDir!))
            Assert.Null(model.Network.Rows);
        // And the run goes on from it.
        var stopped = settings with
        {
            OutputDir = Path.Combine(folder, "stopped"),
        };
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Execute(
                stopped,
                observer: new TrainingObserver
                {
                    Updated = update =>
                    {
                        if (update.Step == 4)
                            stop.Cancel();
                    },
                },
                stop: stop.Token
            )
        );
        Execute(stopped, RunStart.Resume);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(settings.OutputDir!, "model.safetensors")),
            File.ReadAllBytes(Path.Combine(stopped.OutputDir!, "model.safetensors"))
        );
    }

    [SharedFact]
    public void Several_folders_are_one_model_and_its_spread_is_theirs()
    {
        foreach (var seed in new[] { 1, 2 })
            Execute(Settings($"seed-{seed}", "llama-lm") with { EnsembleHeads = null, Seed = seed });
        EnsembleFile.Write(folder, ["seed-1", "seed-2"]);
        int[][] texts =
        [
            [3, 5, 7, 9],
            [3, 5, 8],
            [12, 14],
        ];
        using var both = RewardModel.Load(folder);
        Assert.Equal(2, both.MemberCount);
        using (
            RewardModel one = RewardModel.Load(Path.Combine(folder, "seed-1")),
                two = RewardModel.Load(Path.Combine(folder, "seed-2"))
        )
            Assert.Equal(one.ScoreIds(texts).Zip(two.ScoreIds(texts), (a, b) => new[] { a, b }), both.MemberScores(texts, 4096, default));
        using (var lower = RewardModel.Load(folder, placement: new Placement { Aggregate = ScoreAggregate.LowerBound(2) }))
            Assert.Equal(
                both.MemberScores(texts, 4096, default)
                    .Select(of => (float)(((double)of[0] + of[1]) / 2 - Math.Abs((double)of[0] - of[1]))),
                lower.ScoreIds(texts),
                (a, b) => Math.Abs(a - b) < RoundingLimit
            );
        using (var worst = RewardModel.Load(folder, placement: new Placement { Aggregate = ScoreAggregate.Worst }))
            Assert.Equal(both.MemberScores(texts, 4096, default).Select(of => of.Min()), worst.ScoreIds(texts));
        Assert.NotEqual(ModelFingerprint.Of(folder), ModelFingerprint.Of(Path.Combine(folder, "seed-1")));
        // One model has nothing to take off.
        Assert.Contains(
            "wants an ensemble",
            Assert
                .Throws<RewardException>(() =>
                    RewardModel.Load(Path.Combine(folder, "seed-1"), placement: new Placement { Aggregate = ScoreAggregate.Worst })
                )
                .Message
        );
    }

    [SharedFact]
    public void A_line_of_scores_has_the_spread_of_an_ensemble_and_none_of_a_plain_model()
    {
        Execute(Settings());
        Execute(Settings("plain") with { EnsembleHeads = null });
        JsonObject FirstLine(string name)
        {
            using var model = RewardModel.Load(Path.Combine(folder, name));
            var to = Path.Combine(folder, name + ".jsonl");
            new ScoreRun(model, "x").Run([TrainingGoldens.PathOf("data", "eval.jsonl")], to, ScoreStart.Fresh);
            return JsonNode.Parse(File.ReadLines(to).First())!.AsObject();
        }
        Assert.Equal(
            ["row", "chosen_score", "rejected_score", "margin", "chosen_score_std", "rejected_score_std", "margin_std"],
            FirstLine("out").Select(field => field.Key)
        );
        Assert.True(FirstLine("out")["margin_std"]!.GetValue<double>() > 0);
        Assert.Equal(["row", "chosen_score", "rejected_score", "margin"], FirstLine("plain").Select(field => field.Key));
    }

    [SharedFact]
    public void Members_disagree_more_on_what_no_pair_taught_which_untrained_heads_do_not()
    {
        var known = new PlantedPairs(50).Draw(200).SelectMany(pair => new[] { pair.Chosen, pair.Rejected }).ToArray();
        // Tokens 70 to 99 stand in no pair.
        var random = new Random(51);
        int[][] unknown = [.. known.Select(ids => ids.Select(id => id is >= 20 and < 60 ? random.Next(70, 100) : id).ToArray())];
        double Ratio(double learningRate)
        {
            using var network = RewardNetwork.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm")).Network;
            var settings = new TrainingSettings
            {
                EnsembleHeads = 5,
                LearningRate = learningRate,
                PerDeviceTrainBatchSize = 16,
                NumTrainEpochs = 2,
            };
            new RewardTrainer(network, settings, new PlantedPairs(1).Draw(1200), [], TimeProvider.System).Run(null);
            var scorer = new SequenceScorer(network);
            // Of their own level each: where scores lie is free, and no disagreement.
            float[][] before = scorer.Rows(known, 2048),
                rows = scorer.Rows(unknown, 2048);
            double[] level = [.. Enumerable.Range(0, 5).Select(head => before.Average(of => (double)of[head]))];
            double Mean(float[][] of) =>
                of.Average(one => ScoreAggregate.Spread([.. one.Select((score, head) => (float)(score - level[head]))]));
            output.WriteLine(
                $"learning rate {learningRate}: mean spread of five heads {Mean(before):0.000} on texts as those trained on, {Mean(rows):0.000} on texts of unseen tokens"
            );
            return Mean(rows) / Mean(before);
        }
        var (trained, untrained) = (Ratio(2e-3), Ratio(1e-9));
        Assert.True(trained > 1.15, $"{trained}");
        Assert.True(untrained < 1, $"{untrained}");
    }

    [SharedFact]
    public void The_more_pairs_there_are_the_less_members_disagree()
    {
        var heldOut = new PlantedPairs(60).Draw(200);
        double Relative(int pairs)
        {
            using var network = RewardNetwork.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm")).Network;
            var settings = new TrainingSettings
            {
                EnsembleHeads = 5,
                LearningRate = 2e-3,
                PerDeviceTrainBatchSize = 16,
                MaxSteps = 150,
            };
            new RewardTrainer(network, settings, new PlantedPairs(1).Draw(pairs), [], TimeProvider.System).Run(null);
            var scorer = new SequenceScorer(network);
            float[][] margins =
            [
                .. heldOut
                    .Select(pair => scorer.Rows([pair.Chosen, pair.Rejected], 2048))
                    .Select(of => of[0].Zip(of[1], (c, r) => c - r).ToArray()),
            ];
            var relative = margins.Average(of => ScoreAggregate.Spread(of)) / margins.Average(of => Math.Abs(of.Average()));
            output.WriteLine($"{pairs} pairs: spread of the margin {relative:0.000} of its size");
            return relative;
        }
        var (few, many) = (Relative(100), Relative(2400));
        Assert.True(many < 0.8 * few, $"{many} against {few}");
    }
}
