using Assay.Data.Records;
using Assay.Reward.Training;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

/// <summary>Runs that train a part of a model: some layers, some tensors, the head alone.</summary>
public sealed class FrozenRunTests : IDisposable
{
    // The cached features were computed in other batches, so their products add in another order.
    private const double RoundingLimit = 2e-6;

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-frozen-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TrainingSettings Settings(string output, string checkpoint = "llama-rm")
    {
        var pairs = Path.Combine(_folder, "pairs.jsonl");
        File.WriteAllLines(pairs, File.ReadLines(TrainingGoldens.PathOf("data", "train.jsonl")).Take(24));
        return new TrainingSettings
        {
            Model = TrainingGoldens.PathOf("checkpoints", checkpoint),
            Data = [pairs],
            EvalSplit = 0.25,
            OutputDir = Path.Combine(_folder, output),
            PerDeviceTrainBatchSize = 4,
            MaxSteps = 6,
            LearningRate = 1e-2,
            LoggingSteps = 1,
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

    private static void ExecuteInTwo(TrainingSettings settings)
    {
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Execute(
                settings,
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
        Execute(settings, RunStart.Resume);
    }

    private static Dictionary<string, float[]> WeightsOf(TrainingSettings settings) =>
        RecordedRun.ReadTensors(Path.Combine(settings.OutputDir!, "model.safetensors"));

    private static string[] Changed(TrainingSettings settings)
    {
        var before = RecordedRun.ReadTensors(Path.Combine(settings.Model!, "model.safetensors"));
        return
        [
            .. WeightsOf(settings)
                .Where(tensor => !before.TryGetValue(tensor.Key, out var was) || !was.AsSpan().SequenceEqual(tensor.Value))
                .Select(tensor => tensor.Key)
                .Order(StringComparer.Ordinal),
        ];
    }

    [SharedTheory]
    [InlineData("llama-rm")]
    [InlineData("llama-lm")]
    [InlineData("bert-rm")]
    public void Training_the_head_on_cached_features_is_training_with_all_else_frozen(string checkpoint)
    {
        TrainingSettings probe = Settings("probe", checkpoint) with { HeadOnly = true },
            frozen = Settings("frozen", checkpoint) with { UnfrozenParameters = [checkpoint == "bert-rm" ? "^classifier" : "^score"] };
        List<UpdateReport> one = [],
            two = [];
        var (first, second) = (
            Execute(probe, observer: new TrainingObserver { Updated = one.Add }),
            Execute(frozen, observer: new TrainingObserver { Updated = two.Add })
        );
        Assert.Equal((6, 6), (one.Count, two.Count));
        foreach (var (a, b) in one.Zip(two))
        {
            Assert.Equal(b.Loss, a.Loss, RoundingLimit);
            Assert.Equal(b.GradNorm, a.GradNorm, RoundingLimit * 10);
            Assert.Equal(b.MicroBatches.SelectMany(m => m.Rows), a.MicroBatches.SelectMany(m => m.Rows));
        }
        Assert.True(Math.Abs(one[0].Loss - one[^1].Loss) > 1e-3); // it learns
        Assert.Equal((double)second["eval_loss"]!, (double)first["eval_loss"]!, RoundingLimit);
        // A bias moves both scores alike: its gradient is 0, or the noise of rounding.
        Assert.Equal(
            [checkpoint == "bert-rm" ? "classifier.weight" : "score.weight"],
            Changed(probe).Where(name => name != "classifier.bias")
        );
        Assert.Equal(
            [checkpoint == "bert-rm" ? "classifier.weight" : "score.weight"],
            Changed(frozen).Where(name => name != "classifier.bias")
        );
        Assert.Equal(checkpoint == "bert-rm" ? 65 : 64, (long)first["trained_parameters"]!);
        using var model = RewardModel.Load(probe.OutputDir!); // an ordinary folder
        Assert.Null(model.MergedAdapter);
    }

    [SharedFact]
    public void The_head_on_features_of_another_network_is_told_apart()
    {
        // The control of the comparison above: one layer more that is trained moves the losses by far more than its limit.
        List<UpdateReport> one = [],
            two = [];
        Execute(Settings("probe") with { HeadOnly = true }, observer: new TrainingObserver { Updated = one.Add });
        Execute(
            Settings("more") with
            {
                UnfrozenParameters = ["^score", "layers.1.mlp"],
            },
            observer: new TrainingObserver { Updated = two.Add }
        );
        Assert.Contains(one.Zip(two), pair => Math.Abs(pair.First.Loss - pair.Second.Loss) > 100 * RoundingLimit);
    }

    [SharedTheory]
    [InlineData(1, "model.layers.1.")]
    [InlineData(-1, "model.layers.0.")]
    public void Only_the_layers_asked_for_and_the_head_change_and_have_moments(int layers, string prefix)
    {
        var settings = Settings("out") with { FreezeTrainableLayers = layers, SaveSteps = 3 };
        Execute(settings);
        var changed = Changed(settings);
        Assert.Contains("score.weight", changed);
        Assert.Equal(9, changed.Count(name => name.StartsWith(prefix, StringComparison.Ordinal)));
        Assert.All(changed.Where(name => name != "score.weight"), name => Assert.StartsWith(prefix, name), throwIfEmpty: true);
        var moments = RecordedRun.ReadTensors(Path.Combine(settings.OutputDir!, "checkpoint-3", "optimizer.safetensors"));
        Assert.Equal(2 * changed.Length, moments.Count);
    }

    [SharedTheory]
    [InlineData("head_only", "true", "llama-lm")]
    [InlineData("freeze_trainable_layers", "1", "llama-lm")]
    [InlineData("unfrozen_parameters", "layer.0", "bert-rm")]
    public void A_stopped_run_of_a_part_goes_on_bit_for_bit(string name, string value, string checkpoint)
    {
        TrainingSettings one = Part("one"),
            two = Part("two");
        Execute(one);
        ExecuteInTwo(two);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(one.OutputDir!, "model.safetensors")),
            File.ReadAllBytes(Path.Combine(two.OutputDir!, "model.safetensors"))
        );

        TrainingSettings Part(string output) =>
            name switch
            {
                "head_only" => Settings(output, checkpoint) with { HeadOnly = true },
                "freeze_trainable_layers" => Settings(output, checkpoint) with
                {
                    FreezeTrainableLayers = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture),
                },
                _ => Settings(output, checkpoint) with { UnfrozenParameters = [value] },
            };
    }

    [SharedFact]
    public void The_best_of_a_lora_run_is_the_adapter_of_its_step()
    {
        var settings = Settings("best") with
        {
            UsePeft = true,
            LearningRate = 0.3,
            LoraR = 4,
            EvalStrategy = "steps",
            EvalSteps = 1,
            SaveSteps = 1,
            LoadBestModelAtEnd = true,
        };
        var losses = new Dictionary<long, double>();
        var summary = Execute(settings, observer: new TrainingObserver { Evaluated = (step, metrics) => losses[step] = metrics.Loss });
        var best = losses.Where(entry => entry.Key > 0).MinBy(entry => entry.Value);
        Assert.NotEqual(6, best.Key); // at this rate it does not end at its best
        Assert.Equal(best.Value, (double)summary["eval_loss"]!, RoundingLimit);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(settings.OutputDir!, $"checkpoint-{best.Key}", "adapter_model.safetensors")),
            File.ReadAllBytes(Path.Combine(settings.OutputDir!, "adapter_model.safetensors"))
        );
    }

    [SharedTheory]
    [InlineData("freeze_trainable_layers", "3", "has 2 layers")]
    [InlineData("unfrozen_parameters", "nothing.here", "finds no tensor")]
    [InlineData("unfrozen_parameters", "(", "regular expression")]
    public void What_the_model_does_not_have_is_refused(string name, string value, string said)
    {
        var settings =
            name == "freeze_trainable_layers"
                ? Settings("out") with
                {
                    FreezeTrainableLayers = 3,
                }
                : Settings("out") with
                {
                    UnfrozenParameters = [value],
                };
        Assert.Contains(said, Assert.Throws<RewardException>(() => Execute(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_ways_to_say_what_is_trained_are_refused()
    {
        Assert.Contains(
            "head_only and freeze_trainable_layers",
            Assert.Throws<RewardException>(() => new TrainingSettings { HeadOnly = true, FreezeTrainableLayers = 1 }.Checked()).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "freeze_trainable_layers",
            Assert.Throws<RewardException>(() => new TrainingSettings { FreezeTrainableLayers = 0 }.Checked()).Message,
            StringComparison.Ordinal
        );
    }
}
