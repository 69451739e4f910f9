namespace Assay.Data;

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
