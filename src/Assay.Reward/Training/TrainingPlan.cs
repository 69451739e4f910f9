using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training;

/// <summary>
/// Which rows each update sees: a pure function of the number of rows, the settings and the update's number, so that a resumed run needs no
/// state but that number. Counting is transformers' (Trainer, 5.23): an epoch's last micro-batch and last update may be short, and every
/// update divides by the micro-batches it really has.
/// </summary>
public sealed class TrainingPlan
{
    private readonly TrainingSettings settings;
    private readonly int rowCount;
    private readonly int microBatchesPerEpoch;
    private (int Epoch, int[] Order) drawn = (-1, []);

    /// <exception cref="RewardException">There are no rows to train on.</exception>
    public TrainingPlan(int rowCount, TrainingSettings settings)
    {
        this.settings = settings;
        this.rowCount = rowCount;
        var batch = settings.PerDeviceTrainBatchSize;
        microBatchesPerEpoch = settings.DataloaderDropLast ? rowCount / batch : (rowCount + batch - 1) / batch;
        if (microBatchesPerEpoch == 0)
            throw new RewardException(
                $"{rowCount} pairs are left to train on and a batch has {batch}: there is nothing to do. Look at the quarantine for what was set aside"
            );
        UpdatesPerEpoch = (microBatchesPerEpoch + settings.GradientAccumulationSteps - 1) / settings.GradientAccumulationSteps;
        TotalUpdates = settings.MaxSteps > 0 ? settings.MaxSteps : (long)Math.Ceiling(settings.NumTrainEpochs * UpdatesPerEpoch);
        TotalUpdates = Math.Max(1, TotalUpdates);
    }

    public int UpdatesPerEpoch { get; }

    public long TotalUpdates { get; }

    /// <summary>The micro-batches of an update, counted from 0, each a list of row indices.</summary>
    public IReadOnlyList<int[]> MicroBatchesOf(long update)
    {
        var order = OrderOf((int)(update / UpdatesPerEpoch));
        var first = (int)(update % UpdatesPerEpoch) * settings.GradientAccumulationSteps;
        var last = Math.Min(first + settings.GradientAccumulationSteps, microBatchesPerEpoch);
        var batch = settings.PerDeviceTrainBatchSize;
        return [.. Enumerable.Range(first, last - first).Select(m => order[(m * batch)..Math.Min((m + 1) * batch, rowCount)])];
    }

    /// <summary>How many epochs are behind a run that has made this many updates.</summary>
    public double EpochAfter(long updates)
    {
        var whole = updates / UpdatesPerEpoch;
        var within = Math.Min(updates % UpdatesPerEpoch * settings.GradientAccumulationSteps, microBatchesPerEpoch);
        return whole + (double)within / microBatchesPerEpoch;
    }

    /// <summary>
    /// Updates between two log lines, evaluations or checkpoints: as given, or below 1 that share of all updates, rounded up.
    /// </summary>
    public long Every(double steps) => steps >= 1 ? (long)steps : (long)Math.Ceiling(steps * TotalUpdates);

    private int[] OrderOf(int epoch)
    {
        if (drawn.Epoch != epoch)
        {
            var order =
                settings.TrainSamplingStrategy == "sequential"
                    ? [.. Enumerable.Range(0, rowCount)]
                    : RandomPermutation.Of(rowCount, (settings.DataSeed ?? settings.Seed) + epoch);
            drawn = (epoch, order);
        }
        return drawn.Order;
    }
}
