using System.Text.Json.Serialization;
using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Evidence;

/// <summary><c>fresh.json</c>: how the model orders what the current policy writes, against people, beside the static set.</summary>
public sealed record FreshEvidence : IEvidence
{
    public const string FileName = "fresh.json",
        Kind = "assay.fresh/1";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    public required EvidenceSubject Subject { get; init; }

    public required IReadOnlyList<EvidenceInput> Inputs { get; init; }

    public EvidenceInput? Rows { get; init; }

    /// <summary>The files of the fresh pairs alone, without those of the static set; null in files of earlier versions.</summary>
    public IReadOnlyList<EvidenceInput>? Data { get; init; }

    /// <summary>The file of pair scores (<c>fresh_scores.jsonl</c>); null when none was written.</summary>
    public EvidenceInput? Scores { get; init; }

    public required IReadOnlyDictionary<string, long> SetAside { get; init; }

    /// <summary>All fresh pairs with a label.</summary>
    public required PairFigures Fresh { get; init; }

    /// <summary>Fresh pairs whose label a person reviewed; null when there are none.</summary>
    public required PairFigures? HumanReviewed { get; init; }

    /// <summary>Pairs by who reviewed the label: <c>human</c>, <c>model</c>, <c>unreviewed</c>, <c>unknown</c>.</summary>
    public required IReadOnlyDictionary<string, long> Review { get; init; }

    /// <summary>The static set; null when none was given.</summary>
    public required PairFigures? Static { get; init; }

    /// <summary>Static minus fresh accuracy: above 0 the model is worse on the current policy. NaN without a static set.</summary>
    public required double Gap { get; init; }

    /// <summary>95 % interval of the gap (Newcombe's, from the two Wilson intervals); null without a static set.</summary>
    public required Interval? GapInterval { get; init; }

    /// <summary>Static against fresh: rewards, margins, lengths, text. Empty without a static set.</summary>
    public required IReadOnlyList<FreshShift> Shifts { get; init; }

    /// <summary>Prompt groups among the fresh pairs.</summary>
    public int Prompts { get; init; }

    /// <summary>95 % interval of the fresh accuracy over resampled prompt groups; null with fewer than two.</summary>
    public Interval? IntervalByPrompt { get; init; }

    /// <summary>The same of the human-reviewed part.</summary>
    public Interval? HumanReviewedIntervalByPrompt { get; init; }

    /// <summary>The same of the static set.</summary>
    public Interval? StaticIntervalByPrompt { get; init; }

    /// <summary>95 % interval of the gap from both sets' intervals by prompt; null without them.</summary>
    public Interval? GapIntervalByPrompt { get; init; }

    /// <summary>
    /// Prompts that stand in both sets: their answers are fresh, they are not. Null without a static set that names its prompts.
    /// </summary>
    public int? SharedPrompts { get; init; }

    /// <summary>Whether pairs count by the number of pairs they stand for (one over their sampling probability).</summary>
    public bool IsWeighted { get; init; }

    /// <summary>The generator that was asked for; null when any was taken.</summary>
    public string? Policy { get; init; }

    /// <summary>
    /// Answers by the generator their rows name, two a pair; <c>(none)</c> where they name none. Those that were set aside for another
    /// generator are counted too.
    /// </summary>
    public IReadOnlyDictionary<string, long> Generators { get; init; } = new Dictionary<string, long>();

    /// <summary>What the figures mean, in sentences.</summary>
    public IReadOnlyList<string> Meaning { get; init; } = [];

    /// <summary>What could not be measured, and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
