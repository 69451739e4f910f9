using Assay.Ground.Numerics;

namespace Assay.Evaluation.Gates;

/// <summary>One check of the gate with what it rests on.</summary>
public sealed record GateCheckResult
{
    /// <summary>The check's name in the policy.</summary>
    public required string Name { get; init; }

    public required GateVerdict Verdict { get; init; }

    /// <summary>The figure; null when the evidence does not hold it.</summary>
    public required double? Value { get; init; }

    /// <summary>95 %; null where the figure has none.</summary>
    public required Interval? Interval { get; init; }

    /// <summary>The limit: <c>&gt;= 0.8</c>, <c>&lt;= 0.1</c>.</summary>
    public required string Wanted { get; init; }

    /// <summary>The lower limit; null when there is none, or in a verdict written before limits were kept.</summary>
    public double? AtLeast { get; init; }

    /// <summary>The upper limit; null as above.</summary>
    public double? AtMost { get; init; }

    /// <summary>Why it cannot tell; null when it can, or in a verdict written before causes were kept.</summary>
    public GateCause? Cause { get; init; }

    /// <summary>Pairs or rows behind the figure; null when unknown.</summary>
    public required long? Count { get; init; }

    /// <summary>Why, in a sentence that names the figure and what to do.</summary>
    public required string Reason { get; init; }

    /// <summary>
    /// The evidence file and the place in it, such as <c>audit.json: length.matched[0].accuracy</c>; null without evidence.
    /// </summary>
    public required string? Evidence { get; init; }

    /// <summary>Rows of the data worth looking at; may be empty.</summary>
    public required IReadOnlyList<long> Rows { get; init; }

    /// <summary>The figure, or an end of its interval, as people read it beside the limit (<see cref="GateNumber"/>).</summary>
    public string Text(double value) => GateNumber.Of(value, AtLeast, AtMost);
}

/// <summary>Why a check cannot tell.</summary>
public enum GateCause
{
    /// <summary>No file of the evidence holds the figure.</summary>
    NoEvidence,

    /// <summary>The file is there and leaves the figure undefined.</summary>
    Undefined,

    /// <summary>The policy wants labels that people reviewed.</summary>
    NotReviewed,

    /// <summary>Fewer rows than the policy's least number.</summary>
    TooFewRows,

    /// <summary>The interval holds the limit.</summary>
    AcrossLimit,
}
