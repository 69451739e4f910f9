using Assay.Models;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

/// <summary>
/// Which checkpoints are written and kept, which weights are left at the end, and what happens where one cannot be written.
/// </summary>
public sealed class BestCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assay-best-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Output(string name) => Path.Combine(folder, name);

    private static IReadOnlyList<string?> Checkpoints(string output) =>
        [
            .. Directory
                .EnumerateDirectories(output, "checkpoint-*")
                .Select(Path.GetFileName)
                .OrderBy(name => name!.Length)
                .ThenBy(name => name),
        ];

    private sealed record Outcome(
        TrainingResult? Result,
        Dictionary<string, float[]> Weights,
        List<(long Step, EvaluationMetrics Metrics)> Evaluations
    );

    // Held out are the trained pairs with their sides exchanged: what training gains they lose, so the first evaluation is the best.
    private static Outcome Train(
        string output,
        Func<TrainingSettings, TrainingSettings> change,
        bool resume = false,
        TrainingObserver? observer = null,
        TimeProvider? clock = null,
        CancellationToken stop = default,
        Action<RewardNetwork, string>? save = null
    )
    {
        var run = RecordedRun.Read("i_resume");
        var from = resume ? TrainingCheckpoint.Newest(output) : null;
        using var network = RewardNetwork.Load(from?.Folder ?? run.CheckpointPath).Network;
        var evaluations = new List<(long, EvaluationMetrics)>();
        var settings = change(run.Settings with { EvalStrategy = "steps", EvalSteps = 2, LoggingSteps = 1 });
        IReadOnlyList<EncodedPair> exchanged =
        [
            .. run.Train.Take(12).Select(pair => pair with { Chosen = pair.Rejected, Rejected = pair.Chosen }),
        ];
        TrainingResult? result = null;
        try
        {
            result = new RewardTrainer(network, settings, run.Train, exchanged, clock ?? TimeProvider.System)
            {
                Observer = (observer ?? TrainingObserver.None) with { Evaluated = (step, metrics) => evaluations.Add((step, metrics)) },
                SaveModel = save is null ? null : at => save(network, at),
            }.Run(output, from, stop);
        }
        catch (OperationCanceledException) { }
        return new Outcome(result, RecordedRun.WeightsOf(network), evaluations);
    }

    [SharedFact]
    public void The_weights_of_the_best_evaluation_are_left_and_its_checkpoint_is_kept()
    {
        var last = Train(Output("last"), settings => settings with { SaveStrategy = "no" });
        var best = Train(
            Output("best"),
            settings => settings with { SaveStrategy = "steps", SaveSteps = 3, SaveTotalLimit = 1, LoadBestModelAtEnd = true }
        );
        Assert.Equal(2, best.Result!.Best!.Value.Step);
        Assert.Equal(best.Evaluations.Min(at => at.Metrics.Loss), best.Result.Best.Value.Metric);
        Assert.Equal(best.Result.Best.Value.Metric, best.Result.Evaluation!.Loss);
        Assert.Equal(["checkpoint-2", $"checkpoint-{(best.Result.Steps - 1) / 3 * 3}"], Checkpoints(Output("best")));
        var saved = RecordedRun.ReadTensors(Path.Combine(Output("best"), "checkpoint-2", "model.safetensors"));
        foreach (var (name, values) in best.Weights)
            Assert.True(values.AsSpan().SequenceEqual(saved[name]), name);
        Assert.Contains(best.Weights, weight => !weight.Value.AsSpan().SequenceEqual(last.Weights[weight.Key]));
        // By the figure of which more is better: a pair that is won counts.
        var margin = Train(
            Output("margin"),
            settings => settings with { SaveStrategy = "no", LoadBestModelAtEnd = true, MetricForBestModel = "eval_margin" }
        );
        Assert.Equal(margin.Evaluations.Max(at => at.Metrics.Margin), margin.Result!.Best!.Value.Metric);
    }

    [SharedFact]
    public void Without_a_gain_the_run_ends_after_its_patience_and_a_resumed_one_at_the_same_step()
    {
        TrainingSettings Patient(TrainingSettings settings) =>
            settings with
            {
                SaveStrategy = "steps",
                SaveSteps = 3,
                EarlyStoppingPatience = 2,
            };
        var whole = Train(Output("whole"), Patient);
        Assert.True(whole.Result!.HasStoppedEarly);
        Assert.Equal(6, whole.Result.Steps); // best at 2, no gain at 4 and 6
        using var stop = new CancellationTokenSource();
        Train(
            Output("rest"),
            Patient,
            observer: new TrainingObserver { Updated = update => Cancel(stop, update.Step == 5) },
            stop: stop.Token
        );
        var rest = Train(Output("rest"), Patient, resume: true);
        Assert.Equal(6, rest.Result!.Steps);
        Assert.Equal(
            File.ReadAllLines(Path.Combine(Output("whole"), "train_log.jsonl")),
            File.ReadAllLines(Path.Combine(Output("rest"), "train_log.jsonl"))
        );
        // The checkpoint of the last step says that it was the last.
        Assert.Equal("checkpoint-6", Checkpoints(Output("rest"))[^1]);
        var again = Train(Output("rest"), Patient, resume: true);
        Assert.Equal((6L, true), (again.Result!.Steps, again.Result.HasStoppedEarly));
        Assert.Equal(
            File.ReadAllLines(Path.Combine(Output("whole"), "train_log.jsonl")),
            File.ReadAllLines(Path.Combine(Output("rest"), "train_log.jsonl"))
        );
        var trained = Train(Output("trained"), settings => settings with { SaveStrategy = "no" });
        Assert.False(trained.Result!.HasStoppedEarly);
    }

    [SharedFact]
    public void A_stop_in_the_middle_of_an_evaluation_is_made_up_for_when_the_run_goes_on()
    {
        var whole = Train(Output("whole"), settings => settings with { SaveStrategy = "no" });
        using var stop = new CancellationTokenSource();
        var evaluations = 0;
        Train(
            Output("rest"),
            settings => settings with { SaveStrategy = "no" },
            observer: new TrainingObserver { Phase = phase => Cancel(stop, phase == "evaluating" && ++evaluations == 2) },
            stop: stop.Token
        );
        Assert.Equal(["checkpoint-4"], Checkpoints(Output("rest")));
        var rest = Train(Output("rest"), settings => settings with { SaveStrategy = "no" }, resume: true);
        Assert.Equal(
            File.ReadAllLines(Path.Combine(Output("whole"), "train_log.jsonl")),
            File.ReadAllLines(Path.Combine(Output("rest"), "train_log.jsonl"))
        );
        foreach (var (name, values) in whole.Weights)
            Assert.True(values.AsSpan().SequenceEqual(rest.Weights[name]), name);
    }

    [SharedFact]
    public void Minutes_that_have_gone_by_write_a_checkpoint()
    {
        var clock = new SlowClock();
        Train(
            Output("out"),
            settings => settings with { SaveStrategy = "no", SaveMinutes = 1, MaxSteps = 8, EvalStrategy = "no" },
            observer: new TrainingObserver { Updated = _ => clock.Seconds += 25 },
            clock: clock
        );
        Assert.Equal(["checkpoint-3", "checkpoint-6"], Checkpoints(Output("out")));
    }

    [SharedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_checkpoint_that_cannot_be_written_is_named_and_the_one_before_it_goes_on_to_the_same_weights(bool isClosed)
    {
        TrainingSettings Saving(TrainingSettings settings) => settings with { SaveStrategy = "steps", SaveSteps = 4 };
        var whole = Train(Output("whole"), Saving);
        var saves = 0;
        var error = Assert.Throws<IOException>(() =>
            Train(
                Output("full"),
                Saving,
                save: (network, at) =>
                {
                    NetworkFolder.Save(network, at);
                    if (++saves == 2)
                        throw isClosed
                            ? new UnauthorizedAccessException("Access to the path is denied.")
                            : new IOException("No space left on device.");
                }
            )
        );
        Assert.Contains(
            "checkpoint-8 could not be written: "
                + (isClosed ? "Access to the path is denied. It takes about" : "No space left on device. It takes about"),
            error.Message
        );
        Assert.Contains("checkpoint-4 is whole", error.Message);
        Assert.Contains("--resume", error.Message);
        Assert.Empty(Directory.GetDirectories(Output("full"), ".writing-*"));
        var rest = Train(Output("full"), Saving, resume: true);
        foreach (var (name, values) in whole.Weights)
            Assert.True(values.AsSpan().SequenceEqual(rest.Weights[name]), name);
        Assert.Equal(
            File.ReadAllLines(Path.Combine(Output("whole"), "train_log.jsonl")),
            File.ReadAllLines(Path.Combine(Output("full"), "train_log.jsonl"))
        );
    }

    [Fact]
    public void The_best_of_evaluations_that_nobody_asked_for_is_refused()
    {
        Assert.Contains(
            "eval_strategy is no",
            Assert.Throws<RewardException>(() => new TrainingSettings { LoadBestModelAtEnd = true }.Checked()).Message
        );
        Assert.Contains(
            "eval_strategy is no",
            Assert.Throws<RewardException>(() => new TrainingSettings { EarlyStoppingPatience = 1 }.Checked()).Message
        );
        Assert.Contains(
            "metric_for_best_model",
            Assert.Throws<RewardException>(() => new TrainingSettings { MetricForBestModel = "max_reward" }.Checked()).Message
        );
    }

    private static void Cancel(CancellationTokenSource stop, bool isNow)
    {
        if (isNow)
            stop.Cancel();
    }

    private sealed class SlowClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
