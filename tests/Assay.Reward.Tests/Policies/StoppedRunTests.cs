using System.Text.Json.Nodes;
using Assay.Data.Digests;
using Assay.Models;
using Assay.Reward.Process;
using Assay.Reward.Scoring;
using Assay.Reward.Training;
using Assay.Reward.Training.Policies;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Policies;

/// <summary>Runs over policies and steps that are cut short go on to the same bits, and what a policy's folder and log say of it.</summary>
public sealed class StoppedRunTests : IDisposable
{
    // Sums of fp32 log-probabilities, taken in batches of another shape.
    private const double BatchRounding = 2e-5;

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-stopped").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SharedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stopped_dpo_run_goes_on_bit_for_bit(bool usePeft)
    {
        var pairs = Write(
            "pairs.jsonl",
            i => new JsonObject
            {
                ["prompt"] = $"question {i}",
                ["chosen"] = $"yes it is {i}",
                ["rejected"] = $"no it was not {i} times",
            }
        );
        TrainingSettings Settings(string output) =>
            TrainingSettings.DefaultsOf(TrainingKind.Policy) with
            {
                Model = TrainingGoldens.PathOf("checkpoints", "llama-lm"),
                Data = [pairs],
                OutputDir = Path.Combine(_folder, output),
                PerDeviceTrainBatchSize = 4,
                MaxSteps = 5,
                LearningRate = 1e-2,
                LoggingSteps = 1,
                UsePeft = usePeft,
            };
        StopsAndGoesOn(
            Settings("one"),
            Settings("two"),
            usePeft ? "adapter_model.safetensors" : "model.safetensors",
            (settings, start, observer, stop) =>
                new PolicyRun(settings, TimeProvider.System) { Start = start, Observer = observer }.Execute(stop)
        );

        var folder = Path.Combine(_folder, "one");
        Assert.Equal(
            (ModelFingerprint.Of(folder), 24),
            (
                RowDigests.Read(Path.Combine(folder, RowDigests.TrainingFileName)).Model,
                RowDigests.Read(Path.Combine(folder, RowDigests.TrainingFileName)).Count
            )
        );
        JsonNode[] log =
        [
            .. File.ReadLines(Path.Combine(folder, "train_log.jsonl"))
                .Select(line => JsonNode.Parse(line)!)
                .Where(line => line["logps/chosen"] is not null),
        ];
        Assert.Equal(5, log.Length);
        Assert.All(
            log,
            line => Assert.Equal((double)line["margin"]!, (double)line["rewards/chosen"]! - (double)line["rewards/rejected"]!, 1e-9),
            throwIfEmpty: true
        );
        Assert.True(
            (double)log[^1]["rewards/chosen"]! > 0
                && (double)log[0]["logps/chosen"]! < 0
                && (double)log[0]["logps/rejected"]! < (double)log[0]["logps/chosen"]!
        );
    }

    [SharedFact]
    public void A_stopped_run_over_steps_goes_on_bit_for_bit()
    {
        var rows = Write(
            "steps.jsonl",
            i => new JsonObject
            {
                ["prompt"] = $"question {i}",
                ["steps"] = new JsonArray("we think so", i % 2 == 0 ? "yes it is right" : "no that was a mistake"),
                ["labels"] = new JsonArray(true, i % 2 == 0),
            }
        );
        TrainingSettings Settings(string output) =>
            TrainingSettings.DefaultsOf(TrainingKind.Steps) with
            {
                Model = TrainingGoldens.PathOf("checkpoints", "llama-lm"),
                Data = [rows],
                OutputDir = Path.Combine(_folder, output),
                PerDeviceTrainBatchSize = 4,
                MaxSteps = 5,
                LearningRate = 1e-2,
            };
        StopsAndGoesOn(
            Settings("one"),
            Settings("two"),
            "model.safetensors",
            (settings, start, observer, stop) =>
                new ProcessRun(settings, TimeProvider.System) { Start = start, Observer = observer }.Execute(stop)
        );
    }

    [SharedFact]
    public async Task The_queue_gives_a_policy_its_implicit_reward_of_the_answer_alone()
    {
        var other = Path.Combine(_folder, "policy");
        var pairs = Write(
            "pairs.jsonl",
            i => new JsonObject
            {
                ["prompt"] = $"question {i}",
                ["chosen"] = $"yes it is {i}",
                ["rejected"] = $"no it was not {i} times",
            }
        );
        var start = TrainingGoldens.PathOf("checkpoints", "llama-lm");
        new PolicyRun(
            TrainingSettings.DefaultsOf(TrainingKind.Policy) with
            {
                Model = start,
                Data = [pairs],
                OutputDir = other,
                MaxSteps = 3,
                LearningRate = 1e-2,
            },
            TimeProvider.System
        ).Execute();
        using var model = RewardModel.Load(other, placement: new Placement { Reference = start, Beta = 0.5 });
        Data.Conversation[] asked =
        [
            .. ((string[])["yes it is", "no it was not"]).Select(answer =>
                Data.Conversation.OfMessages(new Data.Message("user", "question 7"), new Data.Message("assistant", answer))
            ),
        ];
        float[] alone = [.. model.Score(asked).Select(outcome => outcome.Score)];
        using var queue = new ScoringQueue(model);
        var served = await queue.ScoreAsync(asked);
        Assert.Equal(asked.Length, served.Count);
        Assert.All(alone.Zip(served), pair => Assert.Equal(pair.First, pair.Second.Score, BatchRounding), throwIfEmpty: true);
        // The prompt counts where nobody says what it is: then it is another number.
        var whole = await queue.ScoreIdsAsync([model.Encode(asked[0]).Ids]);
        Assert.True(Math.Abs(whole[0] - alone[0]) > 100 * BatchRounding, $"{whole[0]} and {alone[0]}");
        Assert.Equal(ModelFingerprint.OfImplicit(other, start, 0.5), model.FingerprintOf(other));
        Assert.NotEqual(ModelFingerprint.OfImplicit(other, start, null), model.FingerprintOf(other));
        Assert.Contains("fixed conversations", await queue.SelfTestAsync(), StringComparison.Ordinal);
    }

    private void StopsAndGoesOn(
        TrainingSettings one,
        TrainingSettings two,
        string weights,
        Func<TrainingSettings, RunStart, TrainingObserver, CancellationToken, object> execute
    )
    {
        execute(one, RunStart.Fresh, TrainingObserver.None, default);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            execute(
                two,
                RunStart.Fresh,
                new TrainingObserver
                {
                    Updated = update =>
                    {
                        if (update.Step == 2)
                            stop.Cancel();
                    },
                },
                stop.Token
            )
        );
        Assert.Equal(2, TrainingCheckpoint.Newest(two.OutputDir!)!.Step);
        Assert.Contains(
            "learning_rate",
            Assert
                .Throws<RewardException>(() => execute(two with { LearningRate = 1e-3 }, RunStart.Resume, TrainingObserver.None, default))
                .Message,
            StringComparison.Ordinal
        );
        execute(two, RunStart.Resume, TrainingObserver.None, default);
        Assert.Equal(File.ReadAllBytes(Path.Combine(one.OutputDir!, weights)), File.ReadAllBytes(Path.Combine(two.OutputDir!, weights)));
    }

    private string Write(string name, Func<int, JsonObject> row)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, Enumerable.Range(1, 24).Select(i => row(i).ToJsonString()));
        return path;
    }
}
