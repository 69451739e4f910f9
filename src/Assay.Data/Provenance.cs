using System.Text.Json.Nodes;

namespace Assay.Data;

/// <summary>
/// Where a pair comes from, as far as its row says. Read from the row's <c>provenance</c> object, its <c>meta</c> object and the row
/// itself, in that order; the accepted spellings are in <c>docs/contract.md</c>. Everything is null where the row says nothing.
/// </summary>
public sealed record Provenance
{
    /// <summary>Id of the prompt the candidates were sampled for.</summary>
    public string? SourcePrompt { get; init; }

    /// <summary>The model or checkpoint that wrote the chosen candidate.</summary>
    public string? ChosenGenerator { get; init; }

    public string? RejectedGenerator { get; init; }

    /// <summary>Temperature, top-p and the like, as the row has them.</summary>
    public JsonObject? SamplingSettings { get; init; }

    public string? LabellingBatch { get; init; }

    public IReadOnlyList<string>? Annotators { get; init; }

    /// <summary>1 or 2: the place at which the winner was shown.</summary>
    public int? ChosenPosition { get; init; }

    /// <summary>Who stands behind the label; null when the row does not say.</summary>
    public LabelSource? LabelSource { get; init; }

    /// <summary>
    /// The probability with which the pair was drawn for labelling, above 0 and at most 1; null when it was not drawn. One over it is the
    /// number of pairs it stands for.
    /// </summary>
    public double? SamplingProbability { get; init; }

    /// <summary>When the row was made or labelled, as the row writes it.</summary>
    public string? Time { get; init; }
}

/// <summary>
/// Who stands behind a pair's label. Written in lower case as <c>label_source</c>; what is not known is null (<c>unknown</c> in files).
/// </summary>
public enum LabelSource
{
    /// <summary>A person gave the label, or reviewed one that something else gave.</summary>
    Human,

    /// <summary>A model or a program gave it, and nobody looked.</summary>
    Model,

    /// <summary>It is there, and nobody reviewed it.</summary>
    Unreviewed,
}
