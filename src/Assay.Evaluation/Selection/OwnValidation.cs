using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Selection;

/// <summary>How a candidate orders the user's own pairs.</summary>
/// <param name="Figures">Accuracy with its interval.</param>
/// <param name="Inputs">The data: candidates are compared only on the same.</param>
/// <param name="Scores">The pair scores, where they are at hand: then two candidates are compared pair by pair.</param>
public sealed record OwnValidation(PairFigures Figures, IReadOnlyList<EvidenceInput> Inputs, ScoredModel? Scores);
