using Assay.Reward.Tests.Training;

namespace Assay.Reward.Tests.DataParallel;

/// <summary>A run of several processes as its first rank writes it for the test that started it.</summary>
internal sealed record RankedOutcome(
    List<RankedOutcome.Update> Updates,
    List<RankedOutcome.Held> Evaluations,
    Dictionary<string, float[]> Weights
)
{
    public static RankedOutcome Of(RecordedRun.Outcome outcome) =>
        new(
            [
                .. outcome.Updates.Select(update => new Update(
                    update.Step,
                    update.Loss,
                    update.GradNorm,
                    update.TokenCount,
                    [.. update.MicroBatches.Select(batch => new Batch([.. batch.Rows], batch.Chosen, batch.Rejected, batch.Loss))]
                )),
            ],
            [.. outcome.Evaluations.Select(one => new Held(one.Step, one.Metrics.Loss, one.Metrics.Accuracy, one.Metrics.Margin))],
            outcome.Weights
        );

    internal sealed record Update(long Step, double Loss, double GradNorm, long Tokens, Batch[] Batches);

    internal sealed record Batch(int[] Rows, double[] Chosen, double[] Rejected, double Loss);

    internal sealed record Held(long Step, double Loss, double Accuracy, double Margin);
}
