namespace Assay.Data;

/// <summary>What pairs are counted and reports are cut by. Written in snake_case.</summary>
public enum ProvenanceField
{
    Source,
    SourcePrompt,
    ChosenGenerator,
    RejectedGenerator,

    /// <summary>The settings as compact JSON.</summary>
    SamplingSettings,
    LabellingBatch,

    /// <summary>A pair counts for each of its annotators.</summary>
    Annotator,

    /// <summary>Where the winner was shown: <c>first</c> or <c>second</c>.</summary>
    ChosenPosition,
}
