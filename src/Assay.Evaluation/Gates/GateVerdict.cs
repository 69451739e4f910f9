namespace Assay.Evaluation.Gates;

/// <summary>
/// What a check, or the gate over all its checks, says. One failed check makes <see cref="NotReady"/>, else one that cannot tell makes
/// <see cref="CannotTell"/>.
/// </summary>
public enum GateVerdict
{
    /// <summary>The evidence clears the threshold. Exit code 0.</summary>
    Ready,

    /// <summary>The evidence is clearly on the wrong side. Exit code 1.</summary>
    NotReady,

    /// <summary>No evidence, too few rows, labels not human-reviewed, or an interval that spans the threshold. Exit code 3.</summary>
    CannotTell,
}
