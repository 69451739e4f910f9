namespace Assay.Evaluation.Gates;

/// <summary>
/// A kind of check: one figure of the evidence, the side on which it must lie, and what holds where a policy does not say. All of them are
/// <see cref="GateCheckKinds.All"/>.
/// </summary>
public sealed record GateCheckKind
{
    /// <param name="limit">Default limit on the side of <paramref name="direction"/>; null as the two say, and for a range.</param>
    internal GateCheckKind(
        string name,
        Func<GateSources, GateCheck, IReadOnlyList<GateFigure>> measure,
        GateDirection direction,
        double? limit,
        long minCount
    )
    {
        (Name, Measure, Direction, MinCount) = (name, measure, direction, minCount);
        AtLeast = direction == GateDirection.AtLeast ? limit : null;
        AtMost = direction == GateDirection.AtMost ? limit : null;
    }

    /// <summary>Its name in a policy. With <see cref="Part"/> a policy writes <c>name.PART</c>.</summary>
    public string Name { get; }

    /// <summary>What the figure is, in a clause.</summary>
    public required string Meaning { get; init; }

    /// <summary>What follows the dot in a policy: <c>KIND</c> of a benchmark, <c>NAME</c> of a probe. Null when nothing does.</summary>
    public string? Part { get; init; }

    /// <summary>The parts there are; null when any name may follow.</summary>
    public IReadOnlyList<string>? Parts { get; init; }

    public GateDirection Direction { get; }

    /// <summary>Default lower limit; null when a policy must give one, or the direction has none.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Default upper limit; null when a policy must give one, or the direction has none.</summary>
    public double? AtMost { get; init; }

    /// <summary>Limits outside make no sense: the range of the figure.</summary>
    public double Lowest { get; init; }

    public double Highest { get; init; } = 1;

    /// <summary>Default least number of rows.</summary>
    public long MinCount { get; }

    /// <summary>What is counted: <c>pairs</c>, <c>answers</c>, …</summary>
    public string Counted { get; init; } = "pairs";

    /// <summary>
    /// Whether a policy may demand labels that people reviewed (<c>human_reviewed</c>), and by default does; null when the figure has no
    /// such labels.
    /// </summary>
    public bool? HumanReviewed { get; init; }

    /// <summary>Whether the figure is a share of rows, so that Wilson's interval follows from value and count.</summary>
    public bool IsShare { get; init; }

    /// <summary>Whether every verdict over measured evidence asks it, with the default limits where the policy does not name it.</summary>
    public bool IsAlwaysAsked { get; init; }

    /// <summary>What makes the evidence, in a clause.</summary>
    public required string Source { get; init; }

    /// <summary>What to do when the check fails.</summary>
    public required string Advice { get; init; }

    /// <summary>The figures in the evidence, worst first; none without evidence.</summary>
    internal Func<GateSources, GateCheck, IReadOnlyList<GateFigure>> Measure { get; }
}
