namespace Assay.Judges;

/// <summary>One call as it is sent.</summary>
/// <param name="System">The system message; null for none.</param>
/// <param name="User">The user message.</param>
/// <param name="Sample">Which sample of this order, from 0.</param>
/// <param name="Order">The candidate at each place.</param>
public sealed record JudgeCall(string? System, string User, int Sample, IReadOnlyList<int> Order);
