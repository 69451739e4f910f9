using System.Text.Json.Nodes;
using Assay.Models;
using Assay.Reward.Training;
using Assay.Reward.Training.Memory;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Reward.Tests.Training;

/// <summary>By itself: what tensors hold is counted over the whole process.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests : IDisposable
{
    private const long Gibibyte = 1L << 30;

    private readonly string folder = Directory.CreateTempSubdirectory("assay-memory-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_budget_that_does_not_fit_is_cut_to_what_does()
    {
        var need = new MemoryNeed(Gibibyte, BytesPerToken: 1 << 20, LongestPair: 100);
        var settings = new TrainingSettings { MaxBatchTokens = 2048 };
        Assert.Equal(2048, need.Budget(settings, 4 * Gibibyte, NotAsked));
        Assert.Equal(512, need.Budget(settings, Gibibyte + (512 << 20), NotAsked));
        Assert.Equal(100, need.Budget(settings, Gibibyte + (100 << 20), NotAsked));
    }

    [Fact]
    public void What_cannot_fit_is_refused_with_what_would_make_it_fit()
    {
        var need = new MemoryNeed(Gibibyte, BytesPerToken: 1 << 20, LongestPair: 1024);
        var settings = new TrainingSettings();
        var error = Assert.Throws<RewardException>(() => need.Budget(settings, Gibibyte + (512 << 20), () => 1 << 18));
        Assert.Contains("2.00 GiB", error.Message);
        Assert.Contains("1.50 GiB are to be had", error.Message);
        Assert.Contains("gradient_checkpointing: true (about 1.25 GiB)", error.Message);
        Assert.Contains("bf16: true (about 1.50 GiB)", error.Message);
        Assert.Contains("max_length: 256 (about 1.50 GiB; longer pairs go to the quarantine)", error.Message);
        // What is set already is no advice.
        error = Assert.Throws<RewardException>(() =>
            need.Budget(settings with { Bf16 = true, GradientCheckpointing = true }, Gibibyte + (512 << 20), NotAsked)
        );
        Assert.DoesNotContain("bf16", error.Message);
        Assert.DoesNotContain("gradient_checkpointing", error.Message);
        // Weights that alone are too much leave a LoRA, where that fits.
        error = Assert.Throws<RewardException>(() =>
            (need with { FixedBytesWithLora = Gibibyte / 4 }).Budget(settings, Gibibyte, NotAsked)
        );
        Assert.Contains("use_peft: true (about 1.25 GiB, by itself still 0.25 too much); no other setting", error.Message);
        error = Assert.Throws<RewardException>(() =>
            (need with { FixedBytesWithLora = Gibibyte / 4 }).Budget(settings, Gibibyte + (512 << 20), () => 1 << 18, length => length / 2)
        );
        Assert.Contains("use_peft: true (about 1.25 GiB);", error.Message);
        Assert.Contains("128 longer pairs go to the quarantine", error.Message);
        Assert.Contains("No setting", Assert.Throws<RewardException>(() => need.Budget(settings, Gibibyte / 2, NotAsked)).Message);
    }

    [SharedFact]
    public void A_run_that_cannot_fit_ends_before_its_first_step()
    {
        var updates = 0;
        var error = Assert.Throws<RewardException>(() =>
            Train(Path.Combine(folder, "out"), settings => settings, new TrainingObserver { Updated = _ => updates++ }, limit: 1000)
        );
        Assert.Contains("does not fit", error.Message);
        Assert.Equal(0, updates);
    }

    [SharedFact]
    public void The_plan_is_told_and_the_probe_leaves_no_trace_in_the_weights()
    {
        MemoryPlan? plan = null;
        var run = RecordedRun.Read("i_resume");
        using var network = RewardNetwork.Load(run.CheckpointPath).Network;
        var before = RecordedRun.WeightsOf(network);
        new RewardTrainer(
            network,
            run.Settings with
            {
                SaveStrategy = "no",
                LearningRate = double.Epsilon,
            },
            run.Train,
            [],
            TimeProvider.System
        )
        {
            Observer = new TrainingObserver { Planned = found => plan = found },
        }.Run(null);
        Assert.NotNull(plan);
        Assert.True(plan.PeakBytes > plan.FixedBytes && plan.BytesPerToken > 0);
        Assert.Equal(run.Settings.MaxBatchTokens, plan.BatchTokens);
        Assert.InRange(plan.LargestPart, 1, plan.BatchTokens);
        foreach (var (name, values) in RecordedRun.WeightsOf(network))
            Assert.True(values.AsSpan().SequenceEqual(before[name]), name);
    }

    [SharedFact]
    public void A_run_goes_on_with_the_budget_and_the_products_that_it_began_with()
    {
        var output = Path.Combine(folder, "out");
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Train(output, settings => settings, new TrainingObserver { Updated = update => Stop(update.Step) }, stop: stop.Token)
        );
        var point = TrainingCheckpoint.Newest(output)!;
        var path = Path.Combine(point.Folder, "trainer_state.json");
        var state = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal(TorchRuntime.Products, state["products"]!.GetValue<string>());
        Assert.Equal(RecordedRun.Read("i_resume").Settings.MaxBatchTokens, state["batch_tokens"]!.GetValue<int>());
        state["batch_tokens"] = 7;
        File.WriteAllText(path, state.ToJsonString());
        var alarms = new List<string>();
        Train(output, settings => settings, new TrainingObserver { Alarm = alarms.Add }, from: TrainingCheckpoint.Newest(output));
        Assert.Contains(alarms, alarm => alarm.Contains("cut to 7 tokens"));
        Assert.Equal(
            7,
            JsonNode.Parse(File.ReadAllText(Path.Combine(TrainingCheckpoint.Newest(output)!.Folder, "trainer_state.json")))![
                "batch_tokens"
            ]!.GetValue<int>()
        );

        void Stop(long step)
        {
            if (step == 3)
                stop.Cancel();
        }
    }

    [SharedFact]
    public void With_gradient_checkpointing_the_run_is_the_same_bit_for_bit_and_keeps_less()
    {
        var (kept, plain) = Train(Path.Combine(folder, "kept"), settings => settings);
        var (recomputed, small) = Train(Path.Combine(folder, "recomputed"), settings => settings with { GradientCheckpointing = true });
        foreach (var (name, values) in kept)
            Assert.True(values.AsSpan().SequenceEqual(recomputed[name]), name);
        Assert.True(small.BytesPerToken < plain.BytesPerToken, $"{small.BytesPerToken} of {plain.BytesPerToken}");
    }

    [SharedFact]
    public void In_bf16_the_run_is_another_one_but_near_and_its_weights_stay_fp32()
    {
        var (single, _) = Train(Path.Combine(folder, "single"), settings => settings);
        var (narrow, _) = Train(Path.Combine(folder, "narrow"), settings => settings with { Bf16 = true });
        var run = RecordedRun.Read("i_resume");
        using var start = RewardNetwork.Load(run.CheckpointPath).Network;
        var begun = RecordedRun.WeightsOf(start);
        double moved = 0,
            apart = 0;
        foreach (var (name, values) in single)
            for (var i = 0; i < values.Length; i++)
                (moved, apart) = (moved + Math.Pow(values[i] - begun[name][i], 2), apart + Math.Pow(values[i] - narrow[name][i], 2));
        Assert.True(apart > 0);
        Assert.True(Math.Sqrt(apart) < 0.5 * Math.Sqrt(moved), $"apart {Math.Sqrt(apart)}, moved {Math.Sqrt(moved)}");
        // Not the values of a bf16 tensor: its lower half would be zero.
        Assert.Contains(narrow.Values.SelectMany(values => values), value => (BitConverter.SingleToInt32Bits(value) & 0xffff) != 0);
    }

    private static (Dictionary<string, float[]> Weights, MemoryPlan Plan) Train(
        string output,
        Func<TrainingSettings, TrainingSettings> change,
        TrainingObserver? observer = null,
        long? limit = null,
        TrainingCheckpoint? from = null,
        CancellationToken stop = default
    )
    {
        var run = RecordedRun.Read("i_resume");
        using var network = RewardNetwork.Load(from?.Folder ?? run.CheckpointPath).Network;
        MemoryPlan? plan = null;
        new RewardTrainer(
            network,
            change(run.Settings with { SaveStrategy = "steps", SaveSteps = 5, LoggingSteps = 1 }),
            run.Train,
            [],
            TimeProvider.System
        )
        {
            MemoryLimit = limit,
            Observer = (observer ?? TrainingObserver.None) with { Planned = found => plan = found },
        }.Run(output, from, stop);
        return (RecordedRun.WeightsOf(network), plan!);
    }

    private static double NotAsked() => throw new InvalidOperationException("nobody should ask");
}
