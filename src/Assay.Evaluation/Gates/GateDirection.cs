namespace Assay.Evaluation.Gates;

/// <summary>On which side of its limits a figure must lie; the limits themselves are allowed.</summary>
public enum GateDirection
{
    /// <summary>Not below <c>at_least</c>.</summary>
    AtLeast,

    /// <summary>Not above <c>at_most</c>.</summary>
    AtMost,

    /// <summary>Between <c>at_least</c> and <c>at_most</c>.</summary>
    Between,
}
