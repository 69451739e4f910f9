namespace Assay.Judges;

/// <summary>What a judge is shown at once.</summary>
public enum JudgeMode
{
    /// <summary>Two answers; it names the better one.</summary>
    Pairwise,

    /// <summary>One answer; it gives a rating.</summary>
    Pointwise,

    /// <summary>All answers to a prompt; it names the best one.</summary>
    NWay,
}
