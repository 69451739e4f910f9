namespace Assay.Evaluation.Evidence;

/// <summary>Evidence with the file it was read from.</summary>
public sealed record EvidenceItem(EvidenceInput File, IEvidence Evidence);
