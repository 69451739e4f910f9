using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>What reading a verdict again found.</summary>
/// <param name="Gate">The verdict.</param>
/// <param name="IsSealed">Whether the seal is its own.</param>
/// <param name="Faults">What no longer holds, one sentence each; empty when all does.</param>
/// <param name="Same">Evidence and policy files that are as they were.</param>
/// <param name="Missing">Those that are no longer there, so that nothing can be said of them (a built-in policy is no file).</param>
public sealed record GateVerification(
    GateEvidence Gate,
    bool IsSealed,
    IReadOnlyList<string> Faults,
    IReadOnlyList<string> Same,
    IReadOnlyList<string> Missing
);
