using Assay.Data.Records;

namespace Assay.Reward.Training;

/// <summary>
/// What has gathered since the last log line. As in TRL, loss is the mean over updates and every other figure the mean of per-micro-batch
/// values, so <c>min_reward</c> is a mean of minima; <c>ties</c> counts the pairs that <c>accuracy</c> took as wrong although neither side
/// was higher.
/// </summary>
internal sealed class LogAverages
{
    private static readonly (string Name, Func<BatchScores, double> Of)[] Averaged =
    [
        ("min_reward", b => b.MinReward),
        ("mean_reward", b => b.MeanReward),
        ("max_reward", b => b.MaxReward),
        ("accuracy", b => b.Accuracy),
        ("margin", b => b.Margin),
    ];

    private readonly double[] sums = new double[Averaged.Length];
    private readonly SortedDictionary<string, double> further = new(StringComparer.Ordinal);
    private double lossSum;
    private long updates;
    private long microBatches;
    private long ties;

    public void Add(double updateLoss, IReadOnlyList<BatchScores> batches)
    {
        lossSum += updateLoss;
        updates++;
        foreach (var batch in batches)
        {
            microBatches++;
            ties += batch.Ties;
            for (var i = 0; i < sums.Length; i++)
                sums[i] += Averaged[i].Of(batch);
            foreach (var (name, value) in batch.Further)
                further[name] = further.GetValueOrDefault(name) + value;
        }
    }

    /// <summary>The figures of a log line; what was gathered is dropped.</summary>
    public LogLine Take(double gradNorm, double learningRate, long tokenCount, double epoch, long step)
    {
        var figures = new Figures
        {
            { "loss", lossSum / updates },
            { "grad_norm", gradNorm },
            { "learning_rate", learningRate },
            { "num_tokens", tokenCount },
        };
        for (var i = 0; i < sums.Length; i++)
            figures.Add(Averaged[i].Name, sums[i] / microBatches);
        foreach (var (name, sum) in further)
            figures.Add(name, sum / microBatches);
        figures.Add("ties", ties);
        figures.Add("epoch", epoch);
        figures.Add("step", step);
        Array.Clear(sums);
        further.Clear();
        (lossSum, updates, microBatches, ties) = (0, 0, 0, 0);
        return new LogLine(figures);
    }

    /// <summary>The state for a checkpoint, so that a resumed run writes the same next line.</summary>
    public TrainerState.SinceLog ToState() =>
        new(lossSum, updates, microBatches, ties, [.. sums])
        {
            Further = further.Count == 0 ? null : new Dictionary<string, double>(further),
        };

    public static LogAverages Of(TrainerState.SinceLog state)
    {
        var averages = new LogAverages
        {
            lossSum = state.LossSum,
            updates = state.Updates,
            microBatches = state.MicroBatches,
            ties = state.Ties,
        };
        for (var i = 0; i < averages.sums.Length; i++)
            averages.sums[i] = state.Sums[i];
        foreach (var (name, sum) in state.Further ?? new Dictionary<string, double>())
            averages.further[name] = sum;
        return averages;
    }
}
