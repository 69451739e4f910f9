namespace Assay.Report.Charts;

/// <summary>A line: its name and its points from left to right.</summary>
internal sealed record LineSeries(string Name, IReadOnlyList<(double X, double Y)> Points);
