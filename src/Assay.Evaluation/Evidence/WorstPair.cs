namespace Assay.Evaluation.Evidence;

/// <summary>A pair that the model orders against people, with its texts (cut at a few thousand characters).</summary>
public sealed record WorstPair(
    long Row,
    string? Id,
    string? Source,
    double ChosenScore,
    double RejectedScore,
    string Prompt,
    string Chosen,
    string Rejected
);
