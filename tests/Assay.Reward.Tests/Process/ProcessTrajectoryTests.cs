using System.Text.Json.Nodes;
using Assay.Data.Reading.Solutions;
using Assay.Models;
using Assay.Reward.Process;
using Assay.Reward.Tests.Training;
using Assay.Reward.Training;
using Assay.Reward.Training.Settings;
using Assay.Reward.Training.Steps;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Reward.Tests.Process;

/// <summary>TRL's PRMTrainer (1.13), recorded: its rows token for token, its run step by step.</summary>
public sealed class ProcessTrajectoryTests(ITestOutputHelper output)
{
    // goldens/training/README.md, "suggested limit".
    private const double LossLimit = 1e-5,
        LogitLimit = 2e-5,
        NormLimit = 1e-5,
        WeightLimit = 1e-4,
        RmsLimit = 1e-6;

    // The recorder takes the loss, and so its gradient, in fp32 even in its fp64 run (README, "Not recorded"): only what stands before the
    // first update is exact.
    private const double Fp64LogitLimit = 5e-6,
        Fp64LossLimit = 1e-6,
        Fp64FirstLimit = 1e-9;

    private static string Checkpoint => TrainingGoldens.PathOf("checkpoints", "llama-prm");

    [SharedFact]
    public void Rows_are_the_recorded_tokens_and_labels()
    {
        var tokens = TrainingGoldens.Read("prm", "tokens.json");
        Assert.Equal(tokens["rows"]!.AsArray().Count, tokens["tokenised"]!.AsArray().Count);
        foreach (var (row, wanted) in tokens["rows"]!.AsArray().Zip(tokens["tokenised"]!.AsArray()))
            Same(Encode(row!, new StepRules()), wanted!);
        foreach (var edge in tokens["edge_cases"]!.AsArray())
        {
            var options = edge!["options"]!;
            var rules = new StepRules(
                (string?)options["step_separator"] ?? "\n",
                (int?)options["max_length"],
                (int?)options["max_completion_length"]
            );
            Same(Encode(edge["row"]!, rules, (bool?)options["train_on_last_step_only"] == true && (bool?)options["is_eval"] != true), edge);
        }
        // The check sees a fault: another separator gives other rows.
        Assert.False(
            Encode(tokens["rows"]![0]!, new StepRules("\n\n")).Ids.SequenceEqual(tokens["tokenised"]![0]!["input_ids"]!.Integers())
        );
    }

    [SharedTheory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void The_recorded_run_is_reproduced_step_by_step(DType dtype)
    {
        var golden = TrainingGoldens.Read("prm", "trajectory.json");
        var run = Replay(Settings(1), dtype);
        var worst = (Logit: 0.0, Loss: 0.0, Norm: 0.0);
        Assert.Equal(golden["steps"]!.AsArray().Count, run.Updates.Count);
        foreach (var (step, update) in golden["steps"]!.AsArray().Zip(run.Updates))
        {
            var micro = step!["micro_batches"]![0]!;
            var exact = step["fp64"]!;
            Assert.Equal(micro["rows"]!.Integers(), update.MicroBatches[0].Rows);
            var logits = (dtype == DType.Float64 ? exact["logits"]![0]! : micro["logits"]!).AsArray();
            foreach (var (i, label) in micro["labels"]!.Integers().Index())
            {
                worst.Logit = Math.Max(worst.Logit, Math.Abs(logits[i]![label]!.GetValue<double>() - update.MicroBatches[0].Chosen[i]));
                worst.Logit = Math.Max(
                    worst.Logit,
                    Math.Abs(logits[i]![1 - label]!.GetValue<double>() - update.MicroBatches[0].Rejected[i])
                );
            }
            if (dtype == DType.Float64 && update.Step == 1)
                Assert.True(worst.Logit < Fp64FirstLimit, $"{worst.Logit}");
            worst.Loss = Math.Max(
                worst.Loss,
                Math.Abs((dtype == DType.Float64 ? exact["losses"]![0]! : micro["loss"]!).GetValue<double>() - update.Loss)
            );
            worst.Norm = Math.Max(
                worst.Norm,
                Math.Abs(
                    (dtype == DType.Float64 ? exact["grad_norm"]! : step["log"]!["grad_norm"]!).GetValue<double>() / update.GradNorm - 1
                )
            );
            Assert.Equal(step["log"]!["learning_rate"]!.GetValue<double>(), update.LearningRate, 1e-12);
        }
        output.WriteLine($"{dtype}: logits within {worst.Logit:G2}, loss {worst.Loss:G2}, norm {worst.Norm:G2}");
        Assert.True(worst.Logit < (dtype == DType.Float64 ? Fp64LogitLimit : LogitLimit), $"{worst.Logit}");
        Assert.True(worst.Loss < (dtype == DType.Float64 ? Fp64LossLimit : LossLimit), $"{worst.Loss}");
        Assert.True(worst.Norm < NormLimit, $"{worst.Norm}");
        if (dtype == DType.Float64)
            return;

        var final = RecordedRun.ReadTensors(TrainingGoldens.PathOf("prm", "final.safetensors"));
        Assert.Equal(final.Keys.Order(StringComparer.Ordinal), run.Weights.Keys.Order(StringComparer.Ordinal));
        double[] apart = [.. final.SelectMany(tensor => tensor.Value.Zip(run.Weights[tensor.Key], (a, b) => Math.Abs((double)a - b)))];
        output.WriteLine($"weights within {apart.Max():G2}, rms {Math.Sqrt(apart.Average(x => x * x)):G2}");
        Assert.True(
            apart.Max() < WeightLimit && Math.Sqrt(apart.Average(x => x * x)) < RmsLimit,
            $"{apart.Max()} {Math.Sqrt(apart.Average(x => x * x))}"
        );
        var evaluation = Assert.IsType<StepEvaluation>(run.Result.Evaluation);
        Assert.Equal(golden["eval_after_training"]!["eval_loss"]!.GetValue<double>(), evaluation.BatchMeans["loss"], LossLimit);
        Assert.Equal(golden["eval_after_training"]!["eval_accuracy"]!.GetValue<double>(), evaluation.Accuracy, 1e-6);
    }

    [SharedFact]
    public void With_accumulation_the_means_are_averaged_where_the_reference_sums_them()
    {
        var golden = TrainingGoldens.Read("prm", "trajectory.json")["gradient_accumulation_3"]!["steps"]!.AsArray();
        var run = Replay(Settings(3));
        // Both are clipped, so the weights go the same way and every micro-batch stays comparable.
        Assert.Equal(golden.Count, run.Updates.Count);
        foreach (var (step, update) in golden.Zip(run.Updates))
        {
            Assert.Equal(step!["micro_batches"]!.AsArray().Count, update.MicroBatches.Count);
            Assert.Equal(step!["log"]!["loss"]!.GetValue<double>() / 3, update.Loss, LossLimit);
            Assert.True(Math.Abs(step["log"]!["grad_norm"]!.GetValue<double>() / 3 / update.GradNorm - 1) < NormLimit);
            foreach (var (micro, batch) in step["micro_batches"]!.AsArray().Zip(update.MicroBatches))
            {
                Assert.Equal(micro!["rows"]!.Integers(), batch.Rows);
                Assert.Equal(micro["loss"]!.GetValue<double>(), batch.Loss, LossLimit);
            }
        }
    }

    [SharedFact]
    public void A_label_turned_round_and_another_learning_rate_are_told_apart()
    {
        var golden = TrainingGoldens.Read("prm", "trajectory.json")["steps"]!.AsArray();
        var turned = Replay(Settings(1), change: row => row.Row == 7 ? row with { Labels = [.. row.Labels.Select(label => !label)] } : row);
        Assert.True(Worst(turned) > 100 * LossLimit);
        Assert.True(Worst(Replay(Settings(1) with { LearningRate = 1.01e-3 })) > 10 * LossLimit);

        double Worst(RecordedRun.Outcome run) =>
            golden
                .Zip(run.Updates, (step, update) => Math.Abs(step!["micro_batches"]![0]!["loss"]!.GetValue<double>() - update.Loss))
                .Max();
    }

    [SharedFact]
    public void Cut_into_parts_a_run_is_the_same_up_to_rounding()
    {
        var (whole, parts) = (Replay(Settings(1)), Replay(Settings(1) with { MaxBatchTokens = 200 }));
        Assert.Equal(whole.Updates.Count, parts.Updates.Count);
        foreach (var (a, b) in whole.Updates.Zip(parts.Updates))
            Assert.Equal(a.Loss, b.Loss, LossLimit);
        // Added up in another order: the cut took place.
        Assert.NotEqual(whole.Updates.Select(update => update.Loss), parts.Updates.Select(update => update.Loss));
    }

    private static TrainingSettings Settings(int accumulation) =>
        TrainingSettings.DefaultsOf(TrainingKind.Steps) with
        {
            LearningRate = 1e-3,
            PerDeviceTrainBatchSize = 2,
            NumTrainEpochs = 1,
            GradientAccumulationSteps = accumulation,
            LoggingSteps = 1,
            SaveStrategy = "no",
            MaxBatchTokens = 100000,
        };

    private static RecordedRun.Outcome Replay(
        TrainingSettings settings,
        DType dtype = DType.Float32,
        Func<EncodedSolution, EncodedSolution>? change = null
    )
    {
        using var network = RewardNetwork.Load(Checkpoint, new LoadOptions { Output = NetworkOutput.Steps }).Network;
        if (dtype != network.DType)
            network.ConvertTo(dtype); // as the recorder: read in fp32, then .to(dtype)
        var rows = TrainingGoldens.Read("prm", "tokens.json")["rows"]!.AsArray();
        EncodedSolution[] train =
        [
            .. rows.Select((row, i) => Encode(row!, new StepRules()) with { Row = i + 1 }).Select(change ?? (row => row)),
        ];
        var outcome = new RecordedRun.Outcome();
        var trainer = new ProcessTrainer(network, settings, train, train, TimeProvider.System)
        {
            Observer = new TrainingObserver { Updated = outcome.Updates.Add },
        };
        outcome.Result = trainer.Run(null);
        outcome.Weights = RecordedRun.WeightsOf(network);
        return outcome;
    }

    private static EncodedSolution Encode(JsonNode row, StepRules rules, bool lastStepOnly = false)
    {
        var encoder = new StepEncoder(ConversationEncoder.Load(Checkpoint).Tokenizer, rules);
        var solution = new Solution
        {
            Prompt = row["prompt"]!.GetValue<string>(),
            Steps = [.. row["completions"]!.AsArray().Select(step => step!.GetValue<string>())],
            Labels = [.. row["labels"]!.AsArray().Select(label => (bool?)label!.GetValue<bool>())],
        };
        return encoder.Encode(1, solution, lastStepOnly);
    }

    private static void Same(EncodedSolution got, JsonNode wanted)
    {
        Assert.Equal(wanted["input_ids"]!.Integers(), got.Ids);
        var labels = wanted["labels"]!.Integers();
        Assert.Equal(Enumerable.Range(0, labels.Length).Where(place => labels[place] != -100), got.Places);
        Assert.Equal(labels.Where(label => label != -100).Select(label => label == 1), got.Labels);
    }
}
