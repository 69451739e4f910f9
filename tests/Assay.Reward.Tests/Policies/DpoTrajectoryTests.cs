using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Models;
using Assay.Reward.Objectives;
using Assay.Reward.Tests.Training;
using Assay.Reward.Training;
using Assay.Reward.Training.Policies;
using Assay.Reward.Training.Settings;
using Assay.Testing;
using Assay.Text.Tokenization;
using Assay.Torch;

namespace Assay.Reward.Tests.Policies;

/// <summary>TRL's DPOTrainer (1.16), recorded: its rows, its table of losses, its runs step by step.</summary>
public sealed class DpoTrajectoryTests(ITestOutputHelper output)
{
    // goldens/training/README.md, "suggested limit".
    private const double LogpLimit = 1e-3,
        LossLimit = 2e-5,
        NormLimit = 1e-5,
        WeightLimit = 1e-4,
        RmsLimit = 1e-6;

    // Both in double: sums of 200 logarithms over 8 updates.
    private const double Fp64Limit = 1e-8;

    private static string Checkpoint => TrainingGoldens.PathOf("checkpoints", "llama-lm");

    public static TheoryData<string> Runs => ["sigmoid", "ipo", "hinge", "robust_smoothing_0.1"];

    [SharedFact]
    public void Rows_are_the_recorded_prompts_and_answers()
    {
        var tokens = TrainingGoldens.Read("dpo", "tokens.json");
        var lines = File.ReadLines(TrainingGoldens.PathOf("data", "train.jsonl")).Take(32).Select(line => JsonNode.Parse(line)!).ToList();
        var encoder = ConversationEncoder.Load(Checkpoint, typedTokens: SpecialTokenText.Recognize);
        Assert.Equal(32, tokens["conversational_train_rows_0_to_31"]!.AsArray().Count);
        Assert.Equal(4, tokens["text_explicit_rows_0_to_3"]!.AsArray().Count);
        foreach (var (line, wanted) in lines.Zip(tokens["conversational_train_rows_0_to_31"]!.AsArray()))
        {
            var prompt = Turns(line["prompt"]!);
            Same(wanted!, side => Conversation.OfMessages([.. prompt, .. Turns(line[side]!)]), prompt.Count, 0);
        }
        foreach (var (line, wanted) in lines.Zip(tokens["text_explicit_rows_0_to_3"]!.AsArray()))
        {
            var prompt = line["text_prompt"]!.GetValue<string>();
            Same(wanted!, side => Conversation.OfText(prompt + line["text_" + side]!.GetValue<string>()), 0, prompt.Length);
        }

        void Same(JsonNode wanted, Func<string, Conversation> conversation, int messages, int text)
        {
            foreach (var side in (string[])["chosen", "rejected"])
            {
                var whole = conversation(side);
                var ids = encoder.Encode(whole);
                var length = encoder.PromptLength(whole, ids, messages, text);
                Assert.Equal(wanted["prompt_ids"]!.Integers(), ids[..length]);
                Assert.Equal(wanted[side + "_ids"]!.Integers(), ids[length..]);
            }
        }
    }

    [SharedFact]
    public void Losses_and_derivatives_are_those_of_the_recorded_table()
    {
        var compared = 0;
        foreach (var row in TrainingGoldens.Read("objectives", "dpo.json")["rows"]!.AsArray())
        {
            double Of(string name) => row![name]!.GetValue<double>();
            foreach (
                var (name, recorded) in (ReadOnlySpan<(string, string)>)
                    [
                        ("sigmoid", "sigmoid"),
                        ("hinge", "hinge"),
                        ("ipo", "ipo"),
                        ("robust", "robust, label_smoothing 0.1"),
                        ("cdpo", "aot, label_smoothing 0.1"),
                    ]
            )
            {
                if (row!["losses"]![recorded] is not { } wanted)
                    continue;
                var loss = new PolicyLoss(name, Of("beta"), recorded.Contains("smoothing", StringComparison.Ordinal) ? 0.1 : 0);
                var (value, chosen, rejected) = loss.At(
                    Of("logp_chosen") - Of("ref_logp_chosen"),
                    Of("logp_rejected") - Of("ref_logp_rejected"),
                    row["tokens_chosen"]!.GetValue<int>(),
                    row["tokens_rejected"]!.GetValue<int>()
                );
                Assert.Equal(wanted["loss"]!.GetValue<double>(), value, 1e-12);
                Assert.Equal(wanted["d_logp_chosen"]!.GetValue<double>(), chosen, 1e-12);
                Assert.Equal(wanted["d_logp_rejected"]!.GetValue<double>(), rejected, 1e-12);
                compared++;
            }
        }
        output.WriteLine($"{compared} losses compared");
        Assert.True(compared >= 25, $"{compared}");
    }

    [SharedTheory]
    [MemberData(nameof(Runs))]
    public void A_recorded_run_is_reproduced_step_by_step(string name)
    {
        var golden = TrainingGoldens.Read("dpo", name + ".json");
        var run = Replay(golden);
        var worst = Compare(golden, run, node => node, node => node["log"]!);
        output.WriteLine($"{name}: rewards within {worst.Reward:G2}, loss {worst.Loss:G2}, norm {worst.Norm:G2}");
        Assert.True(worst.Reward < 0.1 * LogpLimit && worst.Loss < LossLimit && worst.Norm < NormLimit, $"{worst}");
        if (name is not ("sigmoid" or "ipo"))
            return;
        var final = RecordedRun.ReadTensors(TrainingGoldens.PathOf("dpo", $"final_{name}.safetensors"));
        Assert.Equal(final.Keys.Order(StringComparer.Ordinal), run.Weights.Keys.Order(StringComparer.Ordinal));
        double[] apart = [.. final.SelectMany(tensor => tensor.Value.Zip(run.Weights[tensor.Key], (a, b) => Math.Abs((double)a - b)))];
        Assert.True(apart.Max() < WeightLimit && Math.Sqrt(apart.Average(x => x * x)) < RmsLimit, $"{apart.Max()}");
    }

    [SharedTheory]
    [MemberData(nameof(Runs))]
    public void In_double_precision_nothing_is_left_between_the_two(string name)
    {
        var golden = TrainingGoldens.Read("dpo", name + ".json");
        var worst = Compare(golden, Replay(golden, DType.Float64), node => node["fp64"]!, node => node["fp64"]!);
        output.WriteLine($"{name}: rewards within {worst.Reward:G2}, loss {worst.Loss:G2}, norm {worst.Norm:G2}");
        Assert.True(worst.Reward < Fp64Limit && worst.Loss < Fp64Limit && worst.Norm < Fp64Limit, $"{worst}");
    }

    [SharedFact]
    public void Another_beta_a_prompt_that_is_counted_and_cdpo_are_told_apart()
    {
        var golden = TrainingGoldens.Read("dpo", "sigmoid.json");
        Assert.True(
            Compare(golden, Replay(golden, change: settings => settings with { Beta = 0.101 }), node => node, node => node["log"]!).Loss
                > 10 * LossLimit
        );
        Assert.True(
            Compare(
                golden,
                Replay(golden, change: settings => settings with { LossType = "cdpo", LabelSmoothing = 0.1 }),
                node => node,
                node => node["log"]!
            ).Loss
                > 10 * LossLimit
        );
        Assert.True(Compare(golden, Replay(golden, shorten: 1), node => node, node => node["log"]!).Reward > LogpLimit);
    }

    [Theory]
    [InlineData("sigmoid", 0)]
    [InlineData("hinge", 0)]
    [InlineData("ipo", 0)]
    [InlineData("robust", 0.2)]
    [InlineData("cdpo", 0.2)]
    public void Derivatives_are_those_of_the_loss(string name, double smoothing)
    {
        var loss = new PolicyLoss(name, 0.3, smoothing);
        foreach (var (chosen, rejected) in (ReadOnlySpan<(double, double)>)[(1.5, -2), (-4, 3), (0.2, 0.1), (9, -9)])
        {
            const double Step = 1e-6;
            var at = loss.At(chosen, rejected, 4, 7);
            Assert.Equal(
                (loss.At(chosen + Step, rejected, 4, 7).Loss - loss.At(chosen - Step, rejected, 4, 7).Loss) / (2 * Step),
                at.Chosen,
                1e-7
            );
            Assert.Equal(
                (loss.At(chosen, rejected + Step, 4, 7).Loss - loss.At(chosen, rejected - Step, 4, 7).Loss) / (2 * Step),
                at.Rejected,
                1e-7
            );
        }
    }

    private static (double Reward, double Loss, double Norm) Compare(
        JsonNode golden,
        RecordedRun.Outcome run,
        Func<JsonNode, JsonNode> of,
        Func<JsonNode, JsonNode> log
    )
    {
        var (reward, loss, norm, beta) = (0.0, 0.0, 0.0, golden["config"]!["beta"]!.GetValue<double>());
        var steps = golden["steps"]!.AsArray();
        Assert.Equal(steps.Count, run.Updates.Count);
        foreach (var (step, update) in steps.Zip(run.Updates))
        {
            foreach (
                var ((plain, wanted), batch) in step!["micro_batches"]!
                    .AsArray()
                    .Zip(of(step)["micro_batches"]!.AsArray())
                    .Zip(update.MicroBatches)
            )
            {
                Assert.Equal(plain!["rows"]!.Integers(), batch.Rows);
                foreach (var (side, got) in (ReadOnlySpan<(string, double[])>)[("chosen", batch.Chosen), ("rejected", batch.Rejected)])
                    for (var i = 0; i < got.Length; i++)
                        reward = Math.Max(
                            reward,
                            Math.Abs(
                                (
                                    beta
                                    * (
                                        wanted!["logps_" + side]![i]!.GetValue<double>()
                                        - wanted["ref_logps_" + side]![i]!.GetValue<double>()
                                    )
                                ) - got[i]
                            )
                        );
                loss = Math.Max(loss, Math.Abs(wanted!["loss"]!.GetValue<double>() - batch.Loss));
            }
            norm = Math.Max(norm, Math.Abs((log(step)["grad_norm"]!.GetValue<double>() / update.GradNorm) - 1));
        }
        return (reward, loss, norm);
    }

    private static RecordedRun.Outcome Replay(
        JsonNode golden,
        DType dtype = DType.Float32,
        Func<TrainingSettings, TrainingSettings>? change = null,
        int shorten = 0
    )
    {
        using var network = RewardNetwork.Load(Checkpoint, new LoadOptions { Output = NetworkOutput.LanguageModel }).Network;
        if (dtype != network.DType)
            network.ConvertTo(dtype); // as the recorder: read in fp32, then .to(dtype)
        var config = golden["config"]!;
        var settings = TrainingSettings.DefaultsOf(TrainingKind.Policy) with
        {
            LearningRate = config["learning_rate"]!.GetValue<double>(),
            PerDeviceTrainBatchSize = 4,
            NumTrainEpochs = 1,
            LoggingSteps = 1,
            SaveStrategy = "no",
            MaxBatchTokens = 100000,
            LossType = config["loss_type"]![0]!.GetValue<string>(),
            Beta = config["beta"]!.GetValue<double>(),
            LabelSmoothing = config["label_smoothing"]!.GetValue<double>() is > 0 and var smoothing ? smoothing : null,
        };
        EncodedPair[] train =
        [
            .. TrainingGoldens.Read("dpo", "tokens.json")["conversational_train_rows_0_to_31"]!
                .AsArray()
                .Select((row, i) => (row: row!, i, prompt: row!["prompt_ids"]!.Integers()))
                .Select(x => new EncodedPair(
                    x.i,
                    [.. x.prompt, .. x.row["chosen_ids"]!.Integers()],
                    [.. x.prompt, .. x.row["rejected_ids"]!.Integers()]
                )
                {
                    PromptLength = x.prompt.Length - shorten,
                }),
        ];
        var outcome = new RecordedRun.Outcome();
        var trainer = new DpoTrainer(network, (change ?? (same => same))(settings), train, [], TimeProvider.System)
        {
            Observer = new TrainingObserver { Updated = outcome.Updates.Add },
        };
        outcome.Result = trainer.Run(null);
        outcome.Weights = RecordedRun.WeightsOf(network);
        return outcome;
    }

    private static List<Message> Turns(JsonNode turns) =>
        [.. turns.AsArray().Select(turn => new Message(turn!["role"]!.GetValue<string>(), turn["content"]!.GetValue<string>()))];
}
