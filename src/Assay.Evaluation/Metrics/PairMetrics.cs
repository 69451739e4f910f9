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
