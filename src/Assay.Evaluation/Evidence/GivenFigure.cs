using Assay.Ground.Numerics;

namespace Assay.Evaluation.Evidence;

/// <summary>A figure that another tool measured.</summary>
/// <param name="Value">Shares are 0..1; null when undefined.</param>
/// <param name="Count">Rows behind it. Without it the value is compared as a point, and no least number of rows is asked.</param>
/// <param name="HumanReviewed">Whether people reviewed the labels; null when that is not known.</param>
/// <param name="Interval">95 %. Without it a share with a count gets Wilson's; anything else is compared as a point.</param>
/// <param name="Rows">Rows of the data worth looking at.</param>
public sealed record GivenFigure(
    double Value,
    long? Count = null,
    bool? HumanReviewed = null,
    Interval? Interval = null,
    IReadOnlyList<long>? Rows = null
);
