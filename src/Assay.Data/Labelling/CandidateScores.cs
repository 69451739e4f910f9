namespace Assay.Data.Labelling;

/// <summary>One model's raw scores of a pair's two candidates.</summary>
/// <param name="Model">Whose scores: a model folder or a score file, as it was named.</param>
/// <param name="First">Of the candidate in the pair's chosen.</param>
/// <param name="Second">Of the other one.</param>
public sealed record CandidateScores(string Model, double First, double Second);
