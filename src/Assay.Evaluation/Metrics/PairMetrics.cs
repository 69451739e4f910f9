namespace Assay.Evaluation.Metrics;

/// <summary>Everything <c>assay eval</c> says of a set of scored pairs: the figures of all, and of each slice.</summary>
public sealed record PairMetrics : PairFigures
{
    [System.Text.Json.Serialization.JsonConstructor]
    internal PairMetrics() { }

    internal PairMetrics(PairFigures figures)
        : base(figures) { }

    /// <summary>
    /// By source, generator of either side, sampling settings, labelling batch, annotator and the winner's place (where the data names
    /// them), then by which answer is longer, then by length ratio; parts without pairs are left out.
    /// </summary>
    [System.Text.Json.Serialization.JsonPropertyOrder(1)]
    public IReadOnlyList<PairSlice> Slices { get; init; } = [];

    /// <summary>One pass over the pairs; memory does not grow with the pairs.</summary>
    /// <exception cref="EvaluationException">There are no pairs, or a score is NaN or infinite (the message names the row).</exception>
    public static PairMetrics Of(IEnumerable<PairScore> pairs)
    {
        var accumulator = new PairAccumulator();
        foreach (var pair in pairs)
            accumulator.Add(pair);
        return accumulator.Metrics();
    }
}

/// <summary>The figures of one part of the pairs.</summary>
public sealed record PairSlice : PairFigures
{
    [System.Text.Json.Serialization.JsonConstructor]
    internal PairSlice() { }

    internal PairSlice(PairFigures figures)
        : base(figures) { }

    /// <summary>
    /// What the pairs were cut by: <c>source</c>, <c>chosen_generator</c>, <c>rejected_generator</c>, <c>sampling_settings</c>,
    /// <c>labelling_batch</c>, <c>annotator</c> (a pair counts for each of its own), <c>chosen_position</c>, <c>length_order</c> or
    /// <c>length_ratio</c>.
    /// </summary>
    public string By { get; init; } = "";

    /// <summary>
    /// Which part: a name in that field; <c>chosen_longer</c>, <c>chosen_shorter</c> or <c>equal</c>; or a right-closed bucket of chosen
    /// over rejected length such as <c>(0.8,1.25]</c>.
    /// </summary>
    public string Name { get; init; } = "";
}
