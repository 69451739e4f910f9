namespace Assay.Judges;

/// <summary>
/// Where a judge is asked for its reasons. The prompt's text asks for them; this says what it asks, so that files tell it.
/// </summary>
public enum Rationale
{
    /// <summary>None: a verdict alone.</summary>
    None,

    /// <summary>Reasons, then the verdict.</summary>
    First,

    /// <summary>The verdict, then reasons for it.</summary>
    Last,
}
