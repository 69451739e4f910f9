using System.Globalization;
using System.Text.Json.Serialization;
using Assay.Models;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Alarms;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Preflight;

/// <summary>
/// Whether a run can learn anything at all: the pairs of its first update are trained on alone, at the full learning rate, until every one
/// is won clearly. A sound network learns a handful of pairs by heart within some ten updates; one that does not reads the wrong tokens, or
/// has a learning rate that is far off.
/// </summary>
/// <param name="HasLearned">Whether every pair was won, with a mean loss below half of ln 2.</param>
/// <param name="Pairs">Pairs of the batch.</param>
/// <param name="Updates">Updates made.</param>
/// <param name="LossAtStart">Mean of -log sigmoid(chosen - rejected) before the first.</param>
/// <param name="LossAtEnd">The same after the last but one.</param>
public sealed record OverfitBatch(
    [property: JsonPropertyName("learned")] bool HasLearned,
    int Pairs,
    long Updates,
    double LossAtStart,
    double LossAtEnd
)
{
    private const int MostUpdates = 100;
    private static readonly double Learned = Math.Log(2) / 2;

    /// <summary>Runs it; the network's weights are changed.</summary>
    internal static OverfitBatch Run(
        RewardNetwork network,
        TrainingSettings settings,
        IReadOnlyList<EncodedPair> train,
        TrainingPlan plan,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        if (ObjectiveKind.Find(settings.LossType)!.ReadsRatings)
            throw new RewardException("--overfit-batch asks whether pairs are won, and loss_type regression has none: look at --dry-run");
        EncodedPair[] batch = [.. plan.MicroBatchesOf(0).SelectMany(rows => rows).Select(row => train[row])];
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var losses = new List<double>();
        var hasLearned = false;
        var alone = settings with
        {
            MaxSteps = MostUpdates,
            PerDeviceTrainBatchSize = batch.Length,
            GradientAccumulationSteps = 1,
            DataloaderDropLast = false,
            LrSchedulerType = "constant",
            LrSchedulerKwargs = null,
            WarmupSteps = 0,
            EvalStrategy = "no",
            EvalOnStart = false,
            SaveStrategy = "no",
            SaveMinutes = null,
            LoadBestModelAtEnd = false,
            EarlyStoppingPatience = null,
            OnAlarm = "warn",
        };
        try
        {
            new RewardTrainer(network, alone, batch, [], clock) { Observer = new TrainingObserver { Updated = Look } }.Run(
                null,
                null,
                done.Token
            );
        }
        catch (OperationCanceledException) when (hasLearned) { }
        return new OverfitBatch(hasLearned, batch.Length, losses.Count, losses[0], losses[^1]);

        void Look(UpdateReport update)
        {
            var figures = UpdateFigures.Of(update.Step, update.MicroBatches, update.GradNorm);
            losses.Add(figures.PairLoss);
            hasLearned = figures.Right == batch.Length && figures.PairLoss < Learned;
            if (hasLearned)
                done.Cancel();
        }
    }

    public string Text =>
        HasLearned
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the {Pairs} pairs of the first update are learned by heart in {Updates} updates (loss {LossAtStart:0.0000} to {LossAtEnd:0.0000})"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"after {Updates} updates the {Pairs} pairs of the first update are not learned (loss {LossAtStart:0.0000} to {LossAtEnd:0.0000}): raise learning_rate if the loss still falls, lower it if it leaps, and look at the pairs' tokens (assay inspect)"
            );
}
