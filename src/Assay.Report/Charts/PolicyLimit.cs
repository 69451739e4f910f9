using Assay.Evaluation.Evidence;

namespace Assay.Report.Charts;

/// <summary>A limit of the gate's policy, drawn where its figure is drawn.</summary>
/// <param name="Value">Where it lies.</param>
/// <param name="Name">As the check has it: <c>&gt;= 0.6</c>.</param>
internal readonly record struct PolicyLimit(double Value, string Name)
{
    /// <summary>Those of one check; none without a gate, without the check, or in a verdict that does not keep its limits.</summary>
    public static IReadOnlyList<PolicyLimit> Of(GateEvidence? gate, string check) =>
        gate?.Checks.FirstOrDefault(result => result.Name == check) is not { } found
            ? []
            : [.. new[] { found.AtLeast, found.AtMost }.OfType<double>().Select(limit => new PolicyLimit(limit, found.Wanted))];
}
