using Assay.Ground.Numerics;

namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// A subset, section, domain or level of a benchmark: its score (a share, 0..1 but for RewardBench 2's Ties), its rows (0 for an average of
/// parts) and, where rows are right or wrong, the 95 % Wilson interval.
/// </summary>
public sealed record BenchmarkPart(string Name, double Score, int Rows, Interval? Interval = null);
