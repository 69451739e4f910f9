namespace Assay.Data.Labelling;

/// <summary>What one annotator said, counted. Sides stand in a random order, so a careful annotator says A about as often as B.</summary>
public sealed record AnnotatorLabels(string Annotator, int A, int B, int Ties, int Skips);
