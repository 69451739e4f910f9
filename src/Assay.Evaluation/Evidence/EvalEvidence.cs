using System.Text.Json.Serialization;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Evidence;

/// <summary>
/// <c>eval.json</c>: how a model orders the pairs of a static set. Every figure comes from the pair scores in <see cref="Scores"/>.
/// </summary>
public sealed record EvalEvidence : IEvidence
{
    public const string FileName = "eval.json",
        Kind = "assay.eval/1";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    public required EvidenceSubject Subject { get; init; }

    public required IReadOnlyList<EvidenceInput> Inputs { get; init; }

    public EvidenceInput? Rows { get; init; }

    /// <summary>The file of pair scores (<c>scores.jsonl</c>); null when none was written.</summary>
    public required EvidenceInput? Scores { get; init; }

    /// <summary>Rows that took no part, by reason.</summary>
    public required IReadOnlyDictionary<string, long> SetAside { get; init; }

    public required PairMetrics Metrics { get; init; }

    /// <summary>
    /// Whether the preferred answer is so often the longer (or the shorter) one that the accuracy may be length: then look at the
    /// length-matched pairs of the audit.
    /// </summary>
    public bool LengthMatchedCheckNeeded => LengthAudit.IsCheckNeeded(InLengthOrder("chosen_longer"), InLengthOrder("chosen_shorter"));

    private long InLengthOrder(string name) =>
        Metrics.Slices.FirstOrDefault(slice => slice.By == "length_order" && slice.Name == name)?.Pairs ?? 0;

    /// <summary>
    /// What a reader must know of the figures: reversed labels, equal scores, too few. Drawn from them, so it is not read back.
    /// </summary>
    public IReadOnlyList<string> Warnings => EvalWarnings.Of(this);

    /// <summary>Prompt groups among the pairs.</summary>
    public required int Prompts { get; init; }

    /// <summary>95 % interval of the accuracy over prompt groups (<see cref="ClusteredAccuracy"/>); null with fewer than two.</summary>
    public required Interval? IntervalByPrompt { get; init; }

    /// <summary>Chance that a chosen answer of any pair scores above a rejected one of any other, 0..1.</summary>
    public required double Auc { get; init; }

    public required DistributionSummary Margins { get; init; }

    public required DistributionSummary ChosenRewards { get; init; }

    public required DistributionSummary RejectedRewards { get; init; }

    /// <summary>Scores of both sides in bins; null in evidence from before it was kept.</summary>
    public ScoreHistogram? Histogram { get; init; }

    public required CalibrationReport Calibration { get; init; }

    /// <summary>All scores of the set: what makes a single score readable.</summary>
    public required ReferenceScores Reference { get; init; }

    /// <summary>
    /// What the disagreement of an ensemble's members says of its mistakes; null where one model with one head was judged.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EnsembleDisagreement? Disagreement { get; init; }

    /// <summary>How the scores have moved from an earlier set of the same model; null when none was named.</summary>
    public ScoreDrift? Drift { get; init; }

    /// <summary>The largest mistakes, worst first, at most twenty; empty when the texts were not at hand.</summary>
    public required IReadOnlyList<WorstPair> Worst { get; init; }
}
