using System.Text.Json.Nodes;
using Assay.Data.Digests;
using Assay.Data.Records;
using Assay.Models;
using Assay.Reward.Training;
using Assay.Reward.Training.Settings;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Reward.Tests.Training;

/// <summary>LoRA runs from files to a folder: what is written, read again, resumed, refused.</summary>
public sealed class LoraRunTests : IDisposable
{
    // Merging rounds a weight once where training adds the pair's part to every result.
    private const float MergedScoreLimit = 1e-5f;

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-lora-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TrainingSettings Settings(string output = "out", string checkpoint = "llama-rm")
    {
        var pairs = Path.Combine(_folder, "pairs.jsonl");
        File.WriteAllLines(pairs, File.ReadLines(TrainingGoldens.PathOf("data", "train.jsonl")).Take(24));
        return new TrainingSettings
        {
            Model = TrainingGoldens.PathOf("checkpoints", checkpoint),
            Data = [pairs],
            OutputDir = Path.Combine(_folder, output),
            PerDeviceTrainBatchSize = 4,
            MaxSteps = 4,
            LearningRate = 1e-2,
            UsePeft = true,
            LoraR = 4,
            LoraAlpha = 8,
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
    [InlineData("llama-rm", false, false)]
    [InlineData("llama-rm", true, true)]
    [InlineData("llama-lm", false, false)]
    [InlineData("bert-rm", true, false)]
    public void The_folder_is_an_adapter_that_opens_merged_and_scores_as_it_was_trained(string checkpoint, bool checkpointing, bool bf16)
    {
        var settings = Settings(checkpoint: checkpoint) with { GradientCheckpointing = checkpointing, Bf16 = bf16 };
        var summary = Execute(settings);
        var output = settings.OutputDir!;
        Assert.Equal(
            ["adapter_config.json", "adapter_model.safetensors", "assay.json"],
            Directory.EnumerateFiles(output).Select(Path.GetFileName).Where(name => name!.StartsWith('a')).Order(StringComparer.Ordinal)
        );
        Assert.False(File.Exists(Path.Combine(output, "config.json")));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(output, "adapter_config.json")))!;
        Assert.Equal(settings.Model, config["base_model_name_or_path"]!.GetValue<string>());
        Assert.Equal(
            checkpoint == "bert-rm" ? ["query", "value"] : ["q_proj", "v_proj"],
            config["target_modules"]!.AsArray().Select(name => name!.GetValue<string>())
        );
        var stored = RecordedRun.ReadTensors(Path.Combine(output, "adapter_model.safetensors"));
        Assert.Contains(checkpoint == "bert-rm" ? "base_model.model.classifier.weight" : "base_model.model.score.weight", stored.Keys);
        Assert.Equal(summary["trained_parameters"], stored.Values.Sum(values => values.LongLength));
        Assert.False(summary.Closing.Figures.Has("gemm_share"));
        Assert.All(
            stored.Where(tensor => tensor.Key.Contains("lora_B", StringComparison.Ordinal)),
            tensor => Assert.Contains(tensor.Value, value => value != 0),
            throwIfEmpty: true
        );

        using var model = RewardModel.Load(output);
        using var original = RewardModel.LoadForTraining(settings.Model!, settings.Seed);
        var merged = Assert.Single(model.Warnings, warning => warning.Contains("merged", StringComparison.Ordinal));
        Assert.Contains("adapter_model.safetensors", merged, StringComparison.Ordinal);
        var known = JsonNode.Parse(File.ReadAllText(Path.Combine(output, "assay.json")))!["known_answers"]!.AsArray();
        Assert.NotEmpty(known);
        foreach (var answer in known)
        {
            var score = Assert.Single(model.ScoreIds([answer!["ids"]!.Integers()]));
            Assert.Equal(answer["score"]!.GetValue<float>(), score, MergedScoreLimit * Math.Max(1, Math.Abs(score)));
            // Negative control: what was trained is in it.
            Assert.NotEqual(original.ScoreIds([answer["ids"]!.Integers()])[0], score, 1e-3f);
        }
    }

    [SharedFact]
    public void The_rows_it_was_trained_on_name_the_adapter_and_the_merged_model_scores_bit_for_bit_as_it()
    {
        var settings = Settings();
        Execute(settings);
        using var model = RewardModel.Load(settings.OutputDir!);
        Assert.Equal(
            RowDigests.Read(Path.Combine(settings.OutputDir!, RowDigests.TrainingFileName)).Model,
            ModelFingerprint.Of(settings.OutputDir!)
        );
        var whole = Path.Combine(_folder, "whole");
        var merged = ModelMerge.Run([settings.OutputDir!], [], whole);
        Assert.Empty(merged.Warnings);
        Assert.Equal(merged.Fingerprint, RowDigests.Read(Path.Combine(whole, RowDigests.TrainingFileName)).Model);
        Assert.True(File.Exists(Path.Combine(whole, "config.json")));
        using var again = RewardModel.Load(whole);
        int[][] rows =
        [
            [5, 6, 7],
            [8, 9, 10, 11],
        ];
        Assert.Equal(model.ScoreIds(rows), again.ScoreIds(rows));
    }

    [SharedTheory]
    [InlineData("llama-rm")]
    [InlineData("llama-lm")]
    public void A_stopped_lora_run_goes_on_bit_for_bit(string checkpoint)
    {
        TrainingSettings one = Settings("one", checkpoint),
            two = Settings("two", checkpoint);
        Execute(one);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Execute(
                two,
                observer: new TrainingObserver
                {
                    Updated = update =>
                    {
                        if (update.Step == 2)
                            stop.Cancel();
                    },
                },
                stop: stop.Token
            )
        );
        var point = TrainingCheckpoint.Newest(two.OutputDir!)!;
        Assert.True(File.Exists(Path.Combine(point.Folder, "adapter_model.safetensors")));
        Assert.False(File.Exists(Path.Combine(point.Folder, "model.safetensors")));
        Assert.Contains(
            "lora_alpha",
            Assert.Throws<RewardException>(() => Execute(two with { LoraAlpha = 9 }, RunStart.Resume)).Message,
            StringComparison.Ordinal
        );
        Execute(two, RunStart.Resume);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(one.OutputDir!, "adapter_model.safetensors")),
            File.ReadAllBytes(Path.Combine(two.OutputDir!, "adapter_model.safetensors"))
        );
    }

    [SharedFact]
    public void A_run_does_not_go_on_over_another_base_model()
    {
        var model = Path.Combine(_folder, "base");
        Directory.CreateDirectory(model);
        foreach (var file in Directory.EnumerateFiles(TrainingGoldens.PathOf("checkpoints", "llama-rm")))
        {
            var copy = Path.Combine(model, Path.GetFileName(file));
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
        var settings = Settings() with { Model = model };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Execute(
                settings,
                observer: new TrainingObserver
                {
                    Updated = update =>
                    {
                        if (update.Step == 2)
                            stop.Cancel();
                    },
                },
                stop: stop.Token
            )
        );
        using (var network = RewardNetwork.Load(model).Network)
        {
            network.Parameters[0].Value.CopyFrom(Tensor.Zeros(DType.Float32, network.Parameters[0].Value.Shape));
            NetworkFolder.Save(network, model);
        }
        Assert.Contains(
            "base model",
            Assert.Throws<RewardException>(() => Execute(settings, RunStart.Resume)).Message,
            StringComparison.Ordinal
        );
    }

    [SharedFact]
    public void An_adapter_cannot_be_the_base_of_another()
    {
        var settings = Settings();
        Execute(settings);
        var message = Assert
            .Throws<RewardException>(() =>
                Execute(settings with { Model = settings.OutputDir, OutputDir = Path.Combine(_folder, "again") })
            )
            .Message;
        Assert.Contains("assay merge", message, StringComparison.Ordinal);

        var whole = Directory.CreateDirectory(Path.Combine(_folder, "whole")).FullName;
        File.WriteAllText(Path.Combine(whole, "model.safetensors"), "");
        Assert.Contains(
            "another output_dir",
            Assert.Throws<RewardException>(() => Execute(settings with { OutputDir = whole })).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("use_dora", "true", "DoRA")]
    [InlineData("lora_task_type", "CAUSAL_LM", "SEQ_CLS")]
    [InlineData("lora_dropout", "0.05", "two sides of a pair")]
    [InlineData("lora_r", "0", "1 or more")]
    [InlineData("lora_alpha", "0", "1 or more")]
    public void What_is_not_built_is_refused_with_its_reason(string name, string value, string reason) =>
        Assert.Contains(
            reason,
            Assert
                .Throws<RewardException>(() => SettingsReader.Read([new("use_peft", ["true"], "test"), new(name, [value], "test")], []))
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("lora_r", "8")]
    [InlineData("lora_target_modules", "q_proj")]
    public void A_lora_setting_without_use_peft_is_refused(string name, string value)
    {
        Assert.Contains(
            "use_peft",
            Assert.Throws<RewardException>(() => SettingsReader.Read([new(name, [value], "test")], [])).Message,
            StringComparison.Ordinal
        );
        SettingsReader.Read(
            [
                new("use_peft", ["true"], "test"),
                new(name, [value], "test"),
                new("use_dora", ["false"], "test"),
                new("lora_task_type", ["SEQ_CLS"], "test"),
            ],
            []
        );
    }
}
