namespace Assay.Evaluation.Gates;

/// <summary>Why a check cannot tell.</summary>
public enum GateCause
{
    /// <summary>No file of the evidence holds the figure.</summary>
    NoEvidence,

    /// <summary>The file is there and leaves the figure undefined.</summary>
    Undefined,

    /// <summary>The policy wants labels that people reviewed.</summary>
    NotReviewed,

    /// <summary>Fewer rows than the policy's least number.</summary>
    TooFewRows,

    /// <summary>The interval holds the limit.</summary>
    AcrossLimit,
}
