namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// A best-of-K curve: the share of right answers when the best-scored of the first 1, 2, … K is taken, and the same for a chooser that
/// knows which are right.
/// </summary>
public sealed record BenchmarkCurve(string Name, IReadOnlyList<double> Chosen, IReadOnlyList<double> Best);
