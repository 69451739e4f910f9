using System.Globalization;
using System.Text.Json.Serialization;
using Assay.Ground.Numerics;
using Assay.Reward.Training.Alarms;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Preflight;

/// <summary>
/// Whether a run can learn anything at all: the rows of its first update are trained on alone, at the full learning rate, until every one
/// is won clearly. A sound network learns a handful of pairs by heart within some ten updates; one that does not reads the wrong tokens, or
/// has a learning rate that is far off. Of a solution each labelled step is to be won, by the logit of its own class.
/// </summary>
/// <param name="HasLearned">Whether every pair or step was won, with a mean loss below half of ln 2.</param>
/// <param name="Pairs">Rows of the batch.</param>
/// <param name="Updates">Updates made.</param>
/// <param name="LossAtStart">Mean of -log sigmoid(chosen - rejected) before the first; of a policy in log-ratios, without beta.</param>
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

    /// <summary>What a row is, for messages.</summary>
    [JsonIgnore]
    public string Rows { get; private init; } = "pairs";

    /// <summary>Runs it; the network's weights are changed.</summary>
    /// <param name="settings">Those of the run.</param>
    /// <param name="plan">Its plan, which says what rows its first update has.</param>
    /// <param name="trainer">Makes what trains on these rows alone.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="unit">What a difference of 1 is in the trainer's scores: a policy's beta.</param>
    /// <param name="rows">What a row is, for messages.</param>
    internal static OverfitBatch Run(
        TrainingSettings settings,
        TrainingPlan plan,
        Func<int[], TrainingSettings, TrainingObserver, TrainingLoop> trainer,
        CancellationToken stop,
        double unit = 1,
        string rows = "pairs"
    )
    {
        int[] batch = [.. plan.MicroBatchesOf(0).SelectMany(one => one)];
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
            trainer(batch, alone, new TrainingObserver { Updated = Look }).Run(null, null, done.Token);
        }
        catch (OperationCanceledException) when (hasLearned) { }
        return new OverfitBatch(hasLearned, batch.Length, losses.Count, losses[0], losses[^1]) { Rows = rows };

        void Look(UpdateReport update)
        {
            var figures = UpdateFigures.Of(update.Step, update.MicroBatches, update.GradNorm);
            var loss = figures.Chosen.Zip(figures.Rejected, (chosen, rejected) => Logistic.Softplus((rejected - chosen) / unit)).Average();
            losses.Add(loss);
            hasLearned = figures.Right == figures.Chosen.Length && loss < Learned;
            if (hasLearned)
                done.Cancel();
        }
    }

    public string Text =>
        HasLearned
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the {Pairs} {Rows} of the first update are learned by heart in {Updates} updates (loss {LossAtStart:0.0000} to {LossAtEnd:0.0000})"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"after {Updates} updates the {Pairs} {Rows} of the first update are not learned (loss {LossAtStart:0.0000} to {LossAtEnd:0.0000}): raise learning_rate if the loss still falls, lower it if it leaps, and look at the {Rows}' tokens (assay inspect)"
            );
}
