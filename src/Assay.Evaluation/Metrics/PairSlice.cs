namespace Assay.Evaluation.Metrics;

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
