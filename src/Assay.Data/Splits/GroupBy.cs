namespace Assay.Data.Splits;

/// <summary>What must not be on both sides of a split. In files and flags the name is in snake_case.</summary>
public enum GroupBy
{
    /// <summary>
    /// The first user turn, and the whole prompt where there is none. Rows of one prompt share their opening, so this keeps prompts
    /// together too, and also the conversations of which one is the beginning of another: in multi-turn data a split by whole prompt leaks.
    /// </summary>
    Opening,

    /// <summary>The whole context before the answer.</summary>
    Prompt,

    /// <summary>The prompt id that the candidates were sampled for (<see cref="Provenance.SourcePrompt"/>).</summary>
    Generation,

    /// <summary>Where the row comes from.</summary>
    Source,

    /// <summary>Everybody who voted on the row: one annotator's rows are on one side, so annotators who share rows are too.</summary>
    Annotator,

    /// <summary>The newest rows are held out, and rows of one time are on one side.</summary>
    Time,
}
