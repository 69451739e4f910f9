namespace Assay.Evaluation.FreshPolicy;

/// <summary>What the choice of pairs to label knows of a pair; no texts, so that a million fit in memory.</summary>
public sealed record LabelCandidate
{
    /// <summary>First minus second score, by model; the first model is the one whose trust is in question.</summary>
    public required IReadOnlyList<double> Margins { get; init; }

    /// <summary>
    /// Share of earlier votes (or of a model judge's label) for the first candidate, drawn towards 1/2: (votes + ½) / (all + 1). Null
    /// without any.
    /// </summary>
    public double? EarlierOpinion { get; init; }

    /// <summary>The prompt; null means the pair stands alone.</summary>
    public string? Group { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Source { get; init; }

    /// <summary>Characters of both candidates.</summary>
    public required long Length { get; init; }
}
