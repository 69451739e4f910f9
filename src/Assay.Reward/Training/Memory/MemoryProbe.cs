using Assay.Models;
using Assay.Reward.Training.Settings;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Reward.Training.Memory;

/// <summary>
/// Predicts the memory of a run by running a small part of it: a forward and a backward of the shortest pair, then of the longest. So it
/// holds for every family. No weight is changed. It knows the host's memory only.
/// </summary>
internal sealed class MemoryProbe(RewardNetwork network, TrainingSettings settings, ITrainingTask task)
{
    // What the probe does not see: code that is compiled later, rows and logs that grow, blocks that do not fit together.
    private const double Unseen = 1.02;
    private const long UnseenBytes = 64 << 20;

    // Share of the memory that is free which a run may count on.
    private const double Usable = 0.95;

    /// <summary>The plan, with the token budget cut where it would not fit.</summary>
    /// <param name="plan">Which rows come together.</param>
    /// <param name="limit">What the process may take in all, in bytes; null asks the system.</param>
    /// <param name="processes">How many share what the system has.</param>
    /// <exception cref="RewardException">Even the longest pair alone does not fit; the message says what would.</exception>
    public MemoryPlan Measure(TrainingPlan plan, long? limit = null, int processes = 1)
    {
        var rows = Enumerable.Range(0, task.RowCount).ToList();
        var (shortest, longest) = (rows.MinBy(task.PackedTokensOf), rows.MaxBy(task.PackedTokensOf));
        // The first leaves gradients and, in bf16, narrowed weights behind: a part of what stays, as the optimiser's moments are.
        Transient(shortest);
        var small = Transient(shortest);
        var process = Environment.WorkingSet;
        var most = limit ?? process + (long)(TorchRuntime.AvailableMemoryBytes * Usable / processes);
        var need = new MemoryNeed(
            (long)((process - small) * Unseen) + UnseenBytes,
            small / (double)task.PackedTokensOf(shortest),
            task.PackedTokensOf(longest)
        )
        {
            FixedBytesWithLora = settings.UsePeft ? null : Math.Max(0, (long)((process - small - FrozenSaves) * Unseen) + UnseenBytes),
        };
        // The longest pair is only run when by the first estimate it fits.
        need.Budget(settings, most, Recomputed, RowsAbove);
        var large = Transient(longest);
        need = need with { BytesPerToken = large / (double)task.PackedTokensOf(longest) };
        Clear();
        var budget = need.Budget(settings, most, Recomputed, RowsAbove);
        return new MemoryPlan
        {
            FixedBytes = need.FixedBytes,
            BytesPerToken = need.BytesPerToken,
            BatchTokens = budget,
            LargestPart = LargestPart(plan, budget),
            LimitBytes = most,
        };

        double Recomputed()
        {
            network.GradientCheckpointing = true;
            try
            {
                return Transient(shortest) / (double)task.PackedTokensOf(shortest);
            }
            finally
            {
                network.GradientCheckpointing = settings.GradientCheckpointing;
            }
        }
    }

    private int RowsAbove(int length) => Enumerable.Range(0, task.RowCount).Count(row => task.LongestOf(row) > length);

    // What a row's forward and backward take above what is left when they are done.
    private long Transient(int row)
    {
        TorchRuntime.ResetPeakTensorBytes();
        using (new TensorScope())
        {
            task.Forward([row]).Sum().Backward();
        }
        return TorchRuntime.PeakTensorBytes - TorchRuntime.TensorBytes;
    }

    // Of the weights' gradients and moments a LoRA has next to none.
    private long FrozenSaves => network.Trained.Sum(parameter => parameter.Value.ByteCount) * 3;

    private void Clear() => Gradients.Clear([.. network.Trained.Select(parameter => parameter.Value)]);

    private int LargestPart(TrainingPlan plan, int budget)
    {
        var largest = 0;
        for (var update = 0L; update < Math.Min(plan.TotalUpdates, plan.UpdatesPerEpoch); update++)
        {
            foreach (var rows in plan.MicroBatchesOf(update))
            foreach (var part in TokenBudget.Cut(rows, task.PackedTokensOf, budget))
                largest = Math.Max(largest, part.Sum(task.PackedTokensOf));
        }
        return largest;
    }
}
