using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Comparison;

/// <summary>One model of a comparison, on the pairs that all models scored.</summary>
public sealed record ComparedModel
{
    /// <summary>From 1; models of the same accuracy share a rank.</summary>
    public required int Rank { get; init; }

    public required string Name { get; init; }

    public required EvidenceInput Scores { get; init; }

    /// <summary>Of the model that gave the scores; null when not known.</summary>
    public required string? Fingerprint { get; init; }

    /// <summary>All pairs of its file.</summary>
    public required long Pairs { get; init; }

    /// <summary>Pairs of its file that some other model has no score for: they take no part.</summary>
    public required long LeftOut { get; init; }

    /// <summary>What its gate said; null without a verdict. It is ranked all the same.</summary>
    public KnownVerdict? Gate { get; init; }

    /// <summary>How many of the pairs it was trained on, by their answers or their prompt alone; null when that is not known.</summary>
    public long? TrainedOn { get; init; }

    public required PairFigures Figures { get; init; }

    /// <summary>95 % interval of the accuracy over prompt groups; null with one group.</summary>
    public required Interval? IntervalByPrompt { get; init; }

    /// <summary>Whether its difference to the first-ranked model may be noise; true for that model itself.</summary>
    public required bool IsTiedWithBest { get; init; }
}
