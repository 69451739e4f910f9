using Assay.Models;
using Assay.Reward.Training.Memory;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Preflight;

/// <summary>Looks at a run before its first step, and reckons what it will take.</summary>
internal sealed class Examiner(RewardNetwork network, TrainingSettings settings, ITrainingTask task, TrainingPlan plan)
{
    private const int MostRows = 16;

    /// <summary>A forward is about a third of a forward with its backward.</summary>
    private const double ForwardShare = 1.0 / 3;

    /// <param name="memory">What was predicted.</param>
    /// <param name="batchTokens">Most tokens at once.</param>
    /// <param name="ofText">What was found of the way from text to ids.</param>
    /// <param name="outputFolder">Where checkpoints will go; null where none will.</param>
    public Examination Look(MemoryPlan? memory, int batchTokens, IEnumerable<PreflightFinding> ofText, string? outputFolder)
    {
        var first = TokenBudget
            .Cut(plan.MicroBatchesOf(0).SelectMany(rows => rows), task.PackedTokensOf, batchTokens)
            .First()
            .Take(MostRows)
            .ToArray();
        var (found, time) = task.Look(first);
        List<PreflightFinding> findings = [.. found, .. ofText];
        if (outputFolder is not null)
            findings.Add(DiskCheck.Judge(ModelBytes, StateBytes, Checkpoints, DiskRoom.Free(outputFolder)));
        var epochs = (double)plan.TotalUpdates / plan.UpdatesPerEpoch;
        var rows = Enumerable.Range(0, task.RowCount);
        var packed = (long)(rows.Sum(row => (long)task.PackedTokensOf(row)) * epochs);
        var work = packed + (task.HeldOutTokens * Evaluations * ForwardShare);
        return new Examination
        {
            Findings = findings,
            Memory = memory,
            BatchTokens = batchTokens,
            Updates = plan.TotalUpdates,
            Epochs = plan.EpochAfter(plan.TotalUpdates),
            Tokens = (long)(rows.Sum(row => (long)task.TokensOf(row)) * epochs),
            PackedTokens = packed,
            Time = time * (work / first.Sum(task.PackedTokensOf)),
        };
    }

    private long ModelBytes =>
        (network.Lora is null ? network.Parameters : network.Trained).Sum(parameter => parameter.Value.ElementCount) * sizeof(float);

    // Two moments for all that is trained.
    private long StateBytes => network.Trained.Sum(parameter => parameter.Value.ElementCount) * 2 * sizeof(float);

    // What is kept, and one more while it is written; a stop writes one whatever the strategy says.
    private long Checkpoints
    {
        get
        {
            var written = settings.SaveStrategy switch
            {
                "steps" => (plan.TotalUpdates - 1) / plan.Every(settings.SaveSteps),
                "epoch" => (plan.TotalUpdates - 1) / plan.UpdatesPerEpoch,
                _ => 0,
            };
            return Math.Min(written, (settings.SaveTotalLimit ?? written) + (settings.LoadBestModelAtEnd ? 1 : 0)) + 1;
        }
    }

    private long Evaluations =>
        1
        + settings.EvalStrategy switch
        {
            "steps" => (plan.TotalUpdates - 1) / plan.Every(settings.EvalSteps ?? settings.LoggingSteps),
            "epoch" => (plan.TotalUpdates - 1) / plan.UpdatesPerEpoch,
            _ => 0,
        };
}
