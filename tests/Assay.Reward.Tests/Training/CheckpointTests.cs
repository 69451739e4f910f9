using System.Text.Json.Nodes;
using Assay.Models;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    /// <summary>Moments are means of gradients (relative 1e-6 between implementations) and of their squares.</summary>
    private const double MomentLimit = 1e-5;

    private readonly string folder = Directory.CreateTempSubdirectory("assay-checkpoint-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private sealed record Outcome(List<UpdateReport> Updates, Dictionary<string, float[]> Weights, TrainingResult? Result);

    private static Outcome Run(
        RecordedRun run,
        string output,
        bool resume = false,
        long stopAfter = long.MaxValue,
        int? limit = null,
        long saveSteps = 11
    )
    {
        var checkpoint = resume ? TrainingCheckpoint.Newest(output) : null;
        using var network = RewardNetwork.Load(checkpoint?.Folder ?? run.CheckpointPath).Network;
        using var stop = new CancellationTokenSource();
        var updates = new List<UpdateReport>();
        var settings = run.Settings with { SaveStrategy = "steps", SaveSteps = saveSteps, SaveTotalLimit = limit, LoggingSteps = 3 };
        var trainer = new RewardTrainer(network, settings, run.Train, [], TimeProvider.System)
        {
            Observer = new TrainingObserver
            {
                Updated = update =>
                {
                    updates.Add(update);
                    if (update.Step == stopAfter)
                        stop.Cancel();
                },
            },
        };
        checkpoint?.RequireSameRun(settings, trainer.DataFingerprint());
        TrainingResult? result = null;
        try
        {
            result = trainer.Run(output, checkpoint, stop.Token);
        }
        catch (OperationCanceledException) { }
        return new Outcome(updates, RecordedRun.WeightsOf(network), result);
    }

    private static void AssertSame(Outcome whole, Outcome rest, int from)
    {
        Assert.Equal(whole.Updates.Count - from, rest.Updates.Count);
        foreach (var (a, b) in whole.Updates.Skip(from).Zip(rest.Updates))
        {
            Assert.Equal(a.Step, b.Step);
            Assert.Equal(a.Loss, b.Loss);
            Assert.Equal(a.GradNorm, b.GradNorm);
            Assert.Equal(a.LearningRate, b.LearningRate);
            Assert.Equal(a.TokenCount, b.TokenCount);
            Assert.Equal(a.MicroBatches.SelectMany(m => m.Rows), b.MicroBatches.SelectMany(m => m.Rows));
            Assert.Equal(a.MicroBatches.SelectMany(m => m.Chosen), b.MicroBatches.SelectMany(m => m.Chosen));
        }
        foreach (var (name, values) in whole.Weights)
            Assert.True(values.AsSpan().SequenceEqual(rest.Weights[name]), name);
        Assert.Equal(whole.Result!.TrainLoss, rest.Result!.TrainLoss);
    }

    [SharedFact]
    public void A_resumed_run_is_bit_for_bit_the_uninterrupted_one_and_writes_the_same_log()
    {
        var run = RecordedRun.Read("i_resume");
        string one = Path.Combine(folder, "one"),
            two = Path.Combine(folder, "two");
        var whole = Run(run, one);
        Run(run, two, stopAfter: 13); // checkpoint-11 from save_steps, checkpoint-13 from the stop
        Directory.Delete(Path.Combine(two, "checkpoint-13"), recursive: true);
        var rest = Run(run, two, resume: true);
        AssertSame(whole, rest, 11);
        Assert.Equal(File.ReadAllLines(Path.Combine(one, "train_log.jsonl")), File.ReadAllLines(Path.Combine(two, "train_log.jsonl")));
    }

    [SharedFact]
    public void What_an_objective_learns_goes_on_where_it_stopped()
    {
        var run = RecordedRun.Read("i_resume", lossType: "length_controlled");
        string one = Path.Combine(folder, "one"),
            two = Path.Combine(folder, "two");
        var whole = Run(run, one);
        Run(run, two, stopAfter: 13);
        var state = Path.Combine(two, "checkpoint-13", "trainer_state.json");
        AssertSame(whole, Run(run, two, resume: true), 13);
        // Without it the run would be another.
        var json = JsonNode.Parse(File.ReadAllText(state))!;
        Assert.NotEqual(0, json["objective"]!["coefficient"]!.GetValue<double>());
        json["objective"] = null;
        File.WriteAllText(state, json.ToJsonString());
        Directory.Delete(Path.Combine(two, "checkpoint-11"), recursive: true);
        Assert.NotEqual(whole.Updates[^1].Loss, Run(run, two, resume: true).Updates[^1].Loss);
    }

    [SharedFact]
    public void A_stopped_run_leaves_a_checkpoint_at_the_step_it_reached_and_goes_on_from_there()
    {
        var run = RecordedRun.Read("i_resume");
        string one = Path.Combine(folder, "one"),
            two = Path.Combine(folder, "two");
        var whole = Run(run, one, saveSteps: 1000);
        var stopped = Run(run, two, stopAfter: 5, saveSteps: 1000);
        Assert.Equal(5, stopped.Updates.Count);
        Assert.Equal(5, TrainingCheckpoint.Newest(two)!.Step);
        AssertSame(whole, Run(run, two, resume: true, saveSteps: 1000), 5);
    }

    [SharedFact]
    public void The_checkpoint_of_step_11_holds_the_recorded_weights_and_moments()
    {
        var run = RecordedRun.Read("i_resume");
        Run(run, folder);
        var point = Path.Combine(folder, "checkpoint-11");
        var weights = RecordedRun.ReadTensors(Path.Combine(point, "model.safetensors"));
        var moments = RecordedRun.ReadTensors(Path.Combine(point, "optimizer.safetensors"));
        var failures = new Failures();
        foreach (
            var (name, wanted) in RecordedRun.ReadTensors(TrainingGoldens.PathOf("reward", "i_resume", "checkpoint_step11.safetensors"))
        )
        {
            failures.Case();
            var got = name.StartsWith("weight.") ? weights[name["weight.".Length..]] : moments[name];
            var limit = name.StartsWith("weight.") ? 1e-4 : MomentLimit * wanted.Max(Math.Abs);
            for (var i = 0; i < wanted.Length; i++)
                failures.Near(wanted[i], got[i], limit, $"{name}[{i}]");
        }
        failures.AssertNone(63);
    }

    [SharedFact]
    public void An_unfinished_checkpoint_is_not_seen_and_is_cleared_away()
    {
        var run = RecordedRun.Read("i_resume");
        Directory.CreateDirectory(Path.Combine(folder, ".writing-checkpoint-9"));
        Assert.Null(TrainingCheckpoint.Newest(folder));
        Run(run, folder);
        Assert.False(Directory.Exists(Path.Combine(folder, ".writing-checkpoint-9")));
        Assert.Equal(11, TrainingCheckpoint.Newest(folder)!.Step);
    }

    [SharedFact]
    public void Only_as_many_checkpoints_are_kept_as_asked_for()
    {
        Run(RecordedRun.Read("i_resume"), folder, saveSteps: 3, limit: 2);
        Assert.Equal(
            ["checkpoint-12", "checkpoint-15"],
            Directory.EnumerateDirectories(folder, "checkpoint-*").Select(Path.GetFileName).Order()
        );
    }

    [SharedFact]
    public void Another_setting_or_other_pairs_may_not_go_on_from_a_checkpoint()
    {
        var run = RecordedRun.Read("i_resume");
        Run(run, folder);
        var checkpoint = TrainingCheckpoint.Newest(folder)!;
        var fingerprint = Fingerprints.OfPairs(run.Train);
        checkpoint.RequireSameRun(run.Settings with { LoggingSteps = 50, OutputDir = "elsewhere" }, fingerprint);
        Assert.Contains(
            "learning_rate",
            Assert.Throws<RewardException>(() => checkpoint.RequireSameRun(run.Settings with { LearningRate = 2e-3 }, fingerprint)).Message
        );
        var fewer = Fingerprints.OfPairs(run.Train.Skip(1));
        Assert.Contains("other pairs", Assert.Throws<RewardException>(() => checkpoint.RequireSameRun(run.Settings, fewer)).Message);
    }
}
