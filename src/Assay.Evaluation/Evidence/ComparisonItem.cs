using Assay.Evaluation.Comparison;

namespace Assay.Evaluation.Evidence;

/// <summary>A comparison of several models with the file it was read from.</summary>
public sealed record ComparisonItem(EvidenceInput File, ComparisonReport Report);
