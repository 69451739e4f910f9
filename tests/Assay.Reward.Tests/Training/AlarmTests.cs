using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Records;
using Assay.Models;
using Assay.Reward.Training;
using Assay.Reward.Training.Alarms;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

/// <summary>Each fault is planted in a real run, and its alarm goes off; sound runs set off none.</summary>
public sealed class AlarmTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assay-alarms-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private sealed class Plan
    {
        public string Run { get; init; } = "a_default";

        public Func<TrainingSettings, TrainingSettings> Settings { get; init; } = settings => settings;

        public Func<IReadOnlyList<EncodedPair>, IReadOnlyList<EncodedPair>> Train { get; init; } = pairs => pairs;

        public IReadOnlyList<EncodedPair> HeldOut { get; init; } = [];

        public double? LabelCeiling { get; init; }

        /// <summary>What befalls the network after an update.</summary>
        public Action<RewardNetwork, long> After { get; init; } = (_, _) => { };
    }

    // The names of the alarms in the log, each with its line.
    private ILookup<string, JsonObject> Alarms(Plan plan, string output = "out")
    {
        var run = RecordedRun.Read(plan.Run);
        using var network = RewardNetwork.Load(run.CheckpointPath).Network;
        var told = new List<string>();
        var trainer = new RewardTrainer(
            network,
            plan.Settings(run.Settings with { SaveStrategy = "no" }),
            plan.Train(run.Train),
            plan.HeldOut,
            TimeProvider.System
        )
        {
            LabelCeiling = plan.LabelCeiling,
            Observer = new TrainingObserver { Alarm = told.Add, Updated = update => plan.After(network, update.Step) },
        };
        try
        {
            trainer.Run(Path.Combine(folder, output));
        }
        catch (RewardException)
        {
            // The log has the alarm all the same.
        }
        var lines = File.ReadLines(Path.Combine(folder, output, "train_log.jsonl"))
            .Select(line => JsonNode.Parse(line)!.AsObject())
            .Where(line => line.ContainsKey("alarm"))
            .ToList();
        Assert.All(
            lines,
            line => Assert.True(line["name"]!.GetValue<string>() == "not_a_number" || told.Contains(line["alarm"]!.GetValue<string>())),
            throwIfEmpty: false // a sound run has none
        );
        return lines.ToLookup(line => line["name"]!.GetValue<string>());
    }

    private static Parameter Weight(RewardNetwork network, string name) => network.Parameters.Single(parameter => parameter.Name == name);

    [SharedTheory]
    [InlineData("a_default")]
    [InlineData("b_margin")]
    [InlineData("i_resume")]
    public void Sound_runs_set_off_none(string run) =>
        Assert.Empty(Alarms(new Plan { Run = run, Settings = settings => settings with { NumTrainEpochs = 4, MaxSteps = -1 } }));

    [SharedFact]
    public void A_loss_nailed_at_ln_2()
    {
        var found = Alarms(new Plan { Train = pairs => [.. pairs.Select(pair => pair with { Rejected = pair.Chosen })] });
        var line = Assert.Single(found["loss_stuck"]);
        Assert.Equal(10, line["step"]!.GetValue<long>());
        Assert.Contains("ln 2", line["alarm"]!.GetValue<string>());
    }

    [SharedFact]
    public void Rewards_that_run_away()
    {
        var found = Alarms(new Plan { Settings = settings => settings with { LearningRate = 2, WarmupSteps = 0 } });
        Assert.Contains("running away", found["reward_exploding"].First()["alarm"]!.GetValue<string>());
    }

    [SharedFact]
    public void A_mean_reward_that_drifts()
    {
        // The loss knows nothing of the head's bias, so whatever moves it goes unhindered.
        var found = Alarms(
            new Plan
            {
                Run = "g_bert",
                Settings = settings => settings with { MaxSteps = 60 },
                After = (network, _) =>
                    Weight(network, "classifier.bias")
                        .Value.CopyFrom(
                            Assay
                                .Torch.Tensor.From((double[])[Weight(network, "classifier.bias").Value.ToDoubles()[0] + 0.5], [1])
                                .To(Assay.Torch.DType.Float32)
                        ),
            }
        );
        Assert.Contains("center_rewards_coefficient", Assert.Single(found["reward_drift"])["alarm"]!.GetValue<string>());
    }

    [SharedFact]
    public void Rewards_that_all_become_the_same()
    {
        var found = Alarms(
            new Plan { Settings = settings => settings with { MaxSteps = 60, LearningRate = 1e-5, WarmupSteps = 0, WeightDecay = 5e4 } }
        );
        Assert.Contains("every text gets the same score", found["spread_collapse"].First()["alarm"]!.GetValue<string>());
    }

    [SharedFact]
    public void A_gradient_that_dies()
    {
        // A pooler driven into the flat part of its tanh passes nothing on, and gives every text the same.
        var found = Alarms(
            new Plan
            {
                Run = "g_bert",
                Settings = settings => settings with { MaxSteps = 40 },
                After = (network, step) =>
                {
                    if (step == 15)
                        Weight(network, "bert.pooler.dense.bias").Value.Fill(1e4);
                },
            }
        );
        var line = Assert.Single(found["dead_gradient"]);
        Assert.Equal(25, line["step"]!.GetValue<long>());
        Assert.Contains("warmup_steps", line["alarm"]!.GetValue<string>());
    }

    [SharedFact]
    public void A_gradient_that_leaps()
    {
        // The head's weights leap, and with them all gradients below it.
        var found = Alarms(
            new Plan
            {
                Settings = settings => settings with { MaxSteps = 60 },
                After = (network, step) =>
                {
                    if (step != 50)
                        return;
                    var head = Weight(network, "score.weight").Value;
                    head.CopyFrom(Assay.Torch.Tensor.From([.. head.ToFloats().Select(x => 1000 * x)], head.Shape));
                },
            }
        );
        Assert.Equal(51, found["gradient_spike"].First()["step"]!.GetValue<long>());
    }

    [SharedFact]
    public void More_pairs_right_than_labels_are()
    {
        TrainingSettings Long(TrainingSettings settings) =>
            settings with
            {
                MaxSteps = 150,
                LearningRate = 3e-3,
                WarmupSteps = 0,
                LrSchedulerType = "constant",
                EvalStrategy = "no",
            };
        var found = Alarms(new Plan { Settings = Long, LabelCeiling = 0.7 });
        Assert.Contains("trained pairs", found["accuracy_above_label_noise"].First()["alarm"]!.GetValue<string>());
        Assert.Empty(Alarms(new Plan { Settings = Long }, "unknown")["accuracy_above_label_noise"]);
        // Of held-out pairs too: here they are the trained ones, which gives their labels away.
        var pairs = RecordedRun.Read("a_default").Train;
        found = Alarms(
            new Plan
            {
                Settings = Long,
                LabelCeiling = 0.7,
                HeldOut = [.. Enumerable.Range(0, 5).SelectMany(_ => pairs)],
            },
            "held"
        );
        Assert.Contains(found["accuracy_above_label_noise"], line => line["alarm"]!.GetValue<string>().Contains("held-out"));
    }

    [SharedFact]
    public void A_number_that_is_none_is_named_by_layer_step_and_rows()
    {
        // One token's embedding is spoiled after the second update: the rows that have it break, at the first layer that reads it.
        var pairs = RecordedRun.Read("a_default").Train;
        var token = pairs
            .SelectMany(pair => pair.Chosen.Concat(pair.Rejected).Distinct())
            .CountBy(id => id)
            .MinBy(count => Math.Abs(count.Value - 6))
            .Key;
        var found = Alarms(
            new Plan
            {
                Settings = settings => settings with { MaxSteps = 60 },
                After = (network, step) =>
                {
                    if (step != 2)
                        return;
                    var table = Weight(network, "model.embed_tokens.weight").Value;
                    var values = table.ToFloats();
                    Array.Fill(values, float.NaN, token * (int)table.Shape[1], (int)table.Shape[1]);
                    table.CopyFrom(Assay.Torch.Tensor.From(values, table.Shape));
                },
            }
        );
        var text = Assert.Single(found["not_a_number"])["alarm"]!.GetValue<string>();
        Assert.Contains("first in the output of model.embed_tokens; the weight model.embed_tokens.weight is not finite", text);
        var rows = System
            .Text.RegularExpressions.Regex.Match(text, "in rows ([0-9, ]+):")
            .Groups[1]
            .Value.Split(", ")
            .Select(long.Parse)
            .ToArray();
        var having = pairs.Where(pair => pair.Chosen.Contains(token) || pair.Rejected.Contains(token)).Select(pair => pair.Row).ToHashSet();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Contains(row, having), throwIfEmpty: true);
    }

    [SharedFact]
    public void Where_it_is_asked_for_an_alarm_stops_the_run_with_a_checkpoint_and_the_resumed_run_tells_it_once()
    {
        var run = RecordedRun.Read("a_default");
        IReadOnlyList<EncodedPair> same = [.. run.Train.Select(pair => pair with { Rejected = pair.Chosen })];
        var output = Path.Combine(folder, "out");
        TrainingSettings Settings(string onAlarm) => run.Settings with { SaveStrategy = "no", OnAlarm = onAlarm, MaxSteps = 20 };
        using (var network = RewardNetwork.Load(run.CheckpointPath).Network)
        {
            var error = Assert.Throws<AlarmException>(() =>
                new RewardTrainer(network, Settings("stop"), same, [], TimeProvider.System).Run(output)
            );
            Assert.Equal("loss_stuck", error.Alarm.Name);
        }
        var checkpoint = TrainingCheckpoint.Newest(output)!;
        Assert.Equal(10, checkpoint.Step);
        using (var network = RewardNetwork.Load(checkpoint.Folder).Network)
            new RewardTrainer(network, Settings("warn"), same, [], TimeProvider.System).Run(output, checkpoint);
        Assert.Single(File.ReadLines(Path.Combine(output, "train_log.jsonl")), line => line.Contains("loss_stuck"));
    }

    [Fact]
    public void What_alarms_remember_survives_a_checkpoint()
    {
        var settings = new TrainingSettings();
        TrainingAlarms whole = new(settings, 0.8),
            first = new(settings, 0.8),
            second = new(settings, 0.8);
        var random = new Random(1);
        for (var step = 1; step <= 90; step++)
        {
            var figures = new UpdateFigures(
                step,
                [.. Enumerable.Range(0, 8).Select(_ => random.NextDouble() + (step / 10))],
                [.. Enumerable.Range(0, 8).Select(_ => random.NextDouble() + (step / 10))],
                step == 70 ? 1000 : random.NextDouble()
            );
            var wanted = whole.Look(figures);
            if (step == 45)
                second.Restore(
                    JsonSerializer.Deserialize<Dictionary<string, TrainerState.AlarmMemory>>(
                        JsonSerializer.Serialize(first.ToState(), RecordFile.Options),
                        RecordFile.Options
                    )
                );
            Assert.Equal(wanted, (step < 45 ? first : second).Look(figures));
            if (step == 70)
                Assert.Contains(wanted, alarm => alarm.Name == "gradient_spike");
        }
    }
}
