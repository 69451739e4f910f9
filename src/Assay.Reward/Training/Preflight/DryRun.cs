using System.Text.Json.Serialization;
using Assay.Models;
using Assay.Reward.Training.DataParallel;

namespace Assay.Reward.Training.Preflight;

/// <summary>
/// What a run would do, <c>assay.dry_run/1</c>: rows that were read and set aside, rows of both sides, what it would take, and what the
/// examination found.
/// </summary>
public sealed record DryRun
{
    public const string Kind = "assay.dry_run/1";

    public string Format => Kind;

    public required long Rows { get; init; }

    public required int SetAside { get; init; }

    public required IReadOnlyDictionary<string, long> SetAsideByReason { get; init; }

    public required int TrainPairs { get; init; }

    public required int EvalPairs { get; init; }

    public required int PairsPerUpdate { get; init; }

    public required long Parameters { get; init; }

    public required long Updates { get; init; }

    public required double Epochs { get; init; }

    /// <summary>Real tokens of both sides over the whole run.</summary>
    public required long NumTokens { get; init; }

    /// <summary>Tokens that go through the network.</summary>
    public required long PackedTokens { get; init; }

    /// <summary>Most tokens at once.</summary>
    public required int BatchTokens { get; init; }

    /// <summary>Null on a device whose memory is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? PredictedPeakMemoryBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? MemoryLimitBytes { get; init; }

    public required double PredictedSeconds { get; init; }

    public required IReadOnlyList<PreflightFinding> Checks { get; init; }

    /// <summary>Where that was asked for.</summary>
    public OverfitBatch? OverfitBatch { get; init; }

    /// <summary>Of several ranks each one's part; null for one.</summary>
    public RankPrediction? PerRank { get; init; }

    /// <summary>Whether nothing was found to be wrong.</summary>
    [JsonIgnore]
    public bool IsFine => Checks.All(check => check.IsFine) && OverfitBatch?.HasLearned != false;

    internal static DryRun Of(
        long rows,
        Quarantine aside,
        int train,
        int heldOut,
        TrainingLoop trainer,
        RewardNetwork network,
        Examination found,
        int ranks
    ) =>
        new()
        {
            Rows = rows,
            SetAside = aside.Count,
            SetAsideByReason = aside.ByReason(),
            TrainPairs = train,
            EvalPairs = heldOut,
            PairsPerUpdate = trainer.Plan.MicroBatchesOf(0).Sum(batch => batch.Length),
            Parameters = ModelSize.Parameters(network),
            Updates = found.Updates,
            Epochs = found.Epochs,
            NumTokens = found.Tokens,
            PackedTokens = found.PackedTokens,
            BatchTokens = found.BatchTokens,
            PredictedPeakMemoryBytes = found.Memory?.PeakBytes,
            MemoryLimitBytes = found.Memory?.LimitBytes,
            PredictedSeconds = found.Time.TotalSeconds,
            Checks = found.Findings,
            PerRank = ranks > 1 ? trainer.Predict(ranks, found) : null,
        };
}
