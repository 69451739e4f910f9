using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>Something the audit holds against a model beyond chance, in a sentence.</summary>
/// <param name="Kind"><c>self_test</c>, <c>baseline</c>, <c>length</c>, <c>style</c> or <c>probe</c>.</param>
/// <param name="Name">The feature, probe or test.</param>
/// <param name="Value">Accuracy gap of length and style; standardised shift of a probe (mean movement in the same unit for a probe that
/// must not move, the share of lost pairs for one that must lose, the mean percentile over 100 for one that must stand at the bottom);
/// largest difference of a self-test.</param>
/// <param name="Interval">95 %, of <paramref name="Value"/>; null for a self-test.</param>
/// <param name="Sentence">For people.</param>
public sealed record AuditFinding(string Kind, string Name, double Value, Interval? Interval, string Sentence);
