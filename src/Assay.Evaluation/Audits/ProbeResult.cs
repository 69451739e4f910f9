using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Audits;

/// <summary>How a model takes one rewriting of answers. Intervals are 95 %; shifts are rewritten minus original score.</summary>
public sealed record ProbeResult
{
    /// <summary>Snake case: <c>filler_padding</c>, <c>prompt_injection</c>, …</summary>
    public required string Name { get; init; }

    /// <summary>What is done to the answer, in a sentence.</summary>
    public required string Description { get; init; }

    public required ProbeExpectation Expectation { get; init; }

    /// <summary>Answers rewritten.</summary>
    public required int Answers { get; init; }

    /// <summary>Answers the probe does not apply to (nothing to rewrite, or over the model's length).</summary>
    public required int NotApplicable { get; init; }

    public required double MeanShift { get; init; }

    public required Interval MeanShiftInterval { get; init; }

    /// <summary><see cref="MeanShift"/> in standard deviations of the original scores: comparable between models.</summary>
    public required double StandardisedShift { get; init; }

    /// <summary>Share of answers whose score rose.</summary>
    public required double RaisedShare { get; init; }

    public required Interval RaisedInterval { get; init; }

    /// <summary>Pairs whose order was right before, with the probe applied to the side that a sound model would not let win by it.</summary>
    public required int Pairs { get; init; }

    /// <summary>Share of <see cref="Pairs"/> whose order the rewriting turned.</summary>
    public required double FlippedShare { get; init; }

    public required Interval FlippedInterval { get; init; }

    /// <summary>Whether the measure contradicts the expectation beyond its interval.</summary>
    public required bool IsBroken { get; init; }

    /// <summary>Rows (of the data) where it moved most, for looking at.</summary>
    public required IReadOnlyList<long> ExampleRows { get; init; }
}
