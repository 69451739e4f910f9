using System.Text.Json;
using System.Text.Json.Serialization;
using Assay.Reward.Objectives;

namespace Assay.Reward.Training;

/// <summary>
/// <c>trainer_state.json</c> in a checkpoint's folder: all that a run carries from update to update besides weights and moments.
/// </summary>
public sealed record TrainerState
{
    public const string FileName = "trainer_state.json",
        Kind = "assay.checkpoint/1";

    public string? Format { get; init; }

    /// <summary>Updates made.</summary>
    public required long GlobalStep { get; init; }

    /// <summary>Updates of the whole run.</summary>
    public long MaxSteps { get; init; }

    public double Epoch { get; init; }

    /// <summary>Real tokens of both sides so far.</summary>
    public required long NumTokens { get; init; }

    /// <summary>Sum of the updates' losses.</summary>
    public required double LossSum { get; init; }

    public required SinceLog SinceLastLog { get; init; }

    /// <summary>Most tokens that went through the network at once; 0 where it is not decided yet.</summary>
    public int BatchTokens { get; init; }

    public BestSoFar? Best { get; init; }

    /// <summary>By the alarm's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, AlarmMemory>? Alarms { get; init; }

    /// <summary>Updates made when the held-out rows were last evaluated; -1 before any evaluation.</summary>
    public long EvaluatedAt { get; init; } = -1;

    /// <summary>Whether the evaluation of this step was due and cut short by a stop.</summary>
    public bool EvaluationPending { get; init; }

    /// <summary>What the objective has learned, where it learns something.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ObjectiveState? Objective { get; init; }

    /// <summary>Whose matrix products were taken.</summary>
    public string? Products { get; init; }

    /// <summary>SHA-256 over the training rows in order.</summary>
    public required string Data { get; init; }

    /// <summary>The settings that decide the numbers of the run.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Settings { get; init; }

    /// <summary>What has gathered since the last log line.</summary>
    public sealed record SinceLog(double LossSum, long Updates, long MicroBatches, long Ties, IReadOnlyList<double> Sums)
    {
        /// <summary>Sums of what a task logs besides, by name; null where it logs nothing.</summary>
        public IReadOnlyDictionary<string, double>? Further { get; init; }
    }

    /// <summary>The best evaluation so far, and how many in a row brought too little since.</summary>
    public sealed record BestSoFar(long Step, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Metric, int Fruitless);

    /// <summary>What an alarm remembers.</summary>
    public sealed record AlarmMemory(bool On, IReadOnlyList<double> Memory);
}
