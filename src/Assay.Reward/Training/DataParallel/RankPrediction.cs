using Assay.Models;
using Assay.Ranks;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.DataParallel;

/// <summary>What a run would take of each of several ranks, reckoned from what it takes of one (docs/scale.md has the formulas).</summary>
public sealed record RankPrediction
{
    /// <summary>Bytes a second between two ranks: a network of 10 Gbit/s.</summary>
    private const double Bandwidth = 1.25e9;

    /// <summary>Share of an update that is backward, behind which sums hide.</summary>
    private const double BackwardShare = 2.0 / 3;

    private const int MostUpdates = 100,
        BytesOfGradient = 4,
        BytesOfMoments = 8;

    public required int Ranks { get; init; }

    public required double PredictedSeconds { get; init; }

    /// <summary>Null on a device whose memory is not known.</summary>
    public required long? PredictedPeakMemoryBytes { get; init; }

    public required double SentBytesPerUpdate { get; init; }

    /// <summary>What is reckoned with.</summary>
    public required double BandwidthBytesPerSecond { get; init; }

    /// <summary>Of an update's tokens what the rank with the most has, 1 / ranks at best.</summary>
    public required double HeaviestShare { get; init; }

    /// <param name="ranks">How many, each on a machine (or a part of one) as fast as this process.</param>
    /// <param name="alone">Of one.</param>
    internal static RankPrediction Of(
        int ranks,
        TrainingPlan plan,
        ITrainingTask task,
        TrainingSettings settings,
        RewardNetwork network,
        Examination alone
    )
    {
        var trained = ModelSize.TrainedParameters(network);
        // There and back: sums and what they are handed out as, or sums at their owners and the weights that these make of them.
        var sent = 2.0 * (ranks - 1) / ranks * trained * BytesOfGradient;
        var share = HeaviestOf(ranks, plan, task);
        var compute = alone.Time.TotalSeconds * share;
        var open = Math.Max(0, (alone.Updates * sent / Bandwidth) - (compute * BackwardShare));
        var divided = settings.ZeroStage > 0 ? trained * (long)BytesOfMoments * (ranks - 1) / ranks : 0;
        return new RankPrediction
        {
            Ranks = ranks,
            PredictedSeconds = compute + open,
            PredictedPeakMemoryBytes = alone.Memory?.PeakBytes - divided,
            SentBytesPerUpdate = sent,
            BandwidthBytesPerSecond = Bandwidth,
            HeaviestShare = share,
        };
    }

    // The mean over the first updates.
    private static double HeaviestOf(int ranks, TrainingPlan plan, ITrainingTask task) =>
        Enumerable
            .Range(0, (int)Math.Min(MostUpdates, plan.TotalUpdates))
            .Average(update =>
            {
                long[] tokens = [.. plan.MicroBatchesOf(update).SelectMany(rows => rows).Select(row => (long)task.PackedTokensOf(row))];
                var loads = new long[ranks];
                foreach (var (row, owner) in Shares.Of(tokens, ranks).Index())
                    loads[owner] += tokens[row];
                return loads.Max() / (double)tokens.Sum();
            });
}
