using Assay.Ground.Numerics;

namespace Assay.Report.Charts;

/// <summary>
/// A figure with its interval, under its name; <paramref name="IsWrong"/> draws it as a crossed square instead of a dot, to be seen without
/// colour.
/// </summary>
internal readonly record struct IntervalRow(string Name, double Value, Interval? Interval, bool IsWrong = false);
