namespace Assay.Data.Labelling;

/// <summary>A pair that was picked for people to label.</summary>
public sealed record LabellingPair
{
    /// <summary>The pair; its chosen and rejected are only the first and the second candidate.</summary>
    public required PreferencePair Pair { get; init; }

    /// <summary>The file it comes from, as it was named.</summary>
    public required string File { get; init; }

    /// <summary>Why it was picked, one word in snake_case.</summary>
    public required string Reason { get; init; }

    /// <summary>With which probability it was picked, above 0 and at most 1; null when that is not known.</summary>
    public required double? Probability { get; init; }

    /// <summary>What each model said of it. Annotators never see this.</summary>
    public required IReadOnlyList<CandidateScores> Scores { get; init; }
}

/// <summary>One model's raw scores of a pair's two candidates.</summary>
/// <param name="Model">Whose scores: a model folder or a score file, as it was named.</param>
/// <param name="First">Of the candidate in the pair's chosen.</param>
/// <param name="Second">Of the other one.</param>
public sealed record CandidateScores(string Model, double First, double Second);
