using Assay.Reward.Training;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Tests.Training;

public class TrainingPlanTests
{
    private static TrainingSettings Settings(int batch = 4, int accumulate = 1, double epochs = 1, long maxSteps = -1) =>
        new()
        {
            PerDeviceTrainBatchSize = batch,
            GradientAccumulationSteps = accumulate,
            NumTrainEpochs = epochs,
            MaxSteps = maxSteps,
        };

    [Theory]
    [InlineData(64, 4, 1, 1, -1, 16)]
    [InlineData(59, 4, 2, 2, -1, 16)]
    [InlineData(61, 4, 2, 1, -1, 8)]
    [InlineData(64, 8, 1, 0.3, -1, 3)]
    [InlineData(64, 8, 1, 3, 5, 5)]
    [InlineData(3, 8, 4, 1, -1, 1)]
    public void Updates_are_counted_as_transformers_counts_them(
        int rows,
        int batch,
        int accumulate,
        double epochs,
        long maxSteps,
        long updates
    ) => Assert.Equal(updates, new TrainingPlan(rows, Settings(batch, accumulate, epochs, maxSteps)).TotalUpdates);

    [Fact]
    public void Every_row_is_visited_once_an_epoch_and_the_last_batch_may_be_short()
    {
        var plan = new TrainingPlan(59, Settings(accumulate: 2, epochs: 2));
        foreach (var epoch in (int[])[0, 1])
        {
            var batches = Enumerable.Range(epoch * 8, 8).SelectMany(update => plan.MicroBatchesOf(update)).ToList();
            Assert.Equal(Enumerable.Range(0, 59), batches.SelectMany(b => b).Order());
            Assert.Equal(3, batches[^1].Length);
        }
        Assert.Single(plan.MicroBatchesOf(7));
        Assert.NotEqual(plan.MicroBatchesOf(0)[0], plan.MicroBatchesOf(8)[0]);
    }

    [Fact]
    public void The_short_batch_is_left_out_when_asked() =>
        Assert.Equal(14, new TrainingPlan(59, Settings() with { DataloaderDropLast = true }).TotalUpdates);

    [Fact]
    public void No_rows_are_refused() => Assert.Throws<RewardException>(() => new TrainingPlan(0, Settings()));

    [Fact]
    public void A_share_of_the_updates_is_rounded_up() => Assert.Equal(2, new TrainingPlan(64, Settings()).Every(0.1));
}
