using Assay.Data.Digests;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Comparison;

/// <summary>One side of a comparison: who, and its pair scores, which are read once.</summary>
/// <param name="Name">Unique among the models compared.</param>
/// <param name="Scores">The file of pair scores.</param>
/// <param name="Fingerprint">Of the model that gave them; null when not known.</param>
/// <param name="Pairs">The scores, in any order.</param>
public sealed record ScoredModel(string Name, EvidenceInput Scores, string? Fingerprint, IEnumerable<PairScore> Pairs)
{
    /// <summary>What its gate said; null without a verdict.</summary>
    public KnownVerdict? Gate { get; init; }

    /// <summary>The rows that it was trained on; null when they are not known.</summary>
    public RowDigests? TrainedOn { get; init; }
}
