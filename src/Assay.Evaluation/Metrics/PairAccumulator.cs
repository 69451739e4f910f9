using Assay.Data;

namespace Assay.Evaluation.Metrics;

/// <summary>
/// Collects <see cref="PairMetrics"/> pair by pair, for callers that stream. Memory does not grow with the pairs: of each field of
/// provenance <see cref="ProvenanceFields.MaxNames"/> names have figures of their own, and all further ones have them together.
/// </summary>
public sealed class PairAccumulator
{
    private readonly FigureAccumulator _all = new();

    /// <summary>By source, generator and so on. A slice for each source prompt would say nothing.</summary>
    private readonly (ProvenanceField Field, SortedDictionary<string, FigureAccumulator> Names)[] _fields =
    [
        .. ProvenanceFields
            .All.Where(field => field != ProvenanceField.SourcePrompt)
            .Select(field => (field, new SortedDictionary<string, FigureAccumulator>(StringComparer.Ordinal))),
    ];
    private readonly FigureAccumulator _longer = new(),
        _shorter = new(),
        _equal = new();
    private readonly FigureAccumulator[] _ratios = [.. LengthRatio.BucketNames.Select(_ => new FigureAccumulator())];

    /// <summary>Pairs taken so far.</summary>
    public long Pairs => _all.Pairs;

    /// <summary>Takes one pair.</summary>
    /// <exception cref="EvaluationException">A score is NaN or infinite, a weight is not above 0, or a length is negative.</exception>
    public void Add(PairScore pair)
    {
        pair.Check();
        _all.Add(pair);
        foreach (var (field, names) in _fields)
        foreach (var name in field.Values(pair.Source, pair.Provenance))
            Named(names, name).Add(pair);
        if (pair is not { ChosenLength: { } chosen, RejectedLength: { } rejected })
            return;
        (
            chosen > rejected ? _longer
            : chosen < rejected ? _shorter
            : _equal
        ).Add(pair);
        _ratios[LengthRatio.Bucket(chosen, rejected)].Add(pair);
    }

    /// <summary>The figures of what was taken so far.</summary>
    /// <exception cref="EvaluationException">Nothing was taken.</exception>
    public PairMetrics Metrics()
    {
        if (Pairs == 0)
            throw new EvaluationException("there are no pairs to judge: the data is empty, or every row of it was set aside");
        var slices = _fields
            .SelectMany(field => field.Names.Select(part => Slice(field.Field.Name(), part.Key, part.Value)))
            .Concat([
                Slice("length_order", "chosen_longer", _longer),
                Slice("length_order", "chosen_shorter", _shorter),
                Slice("length_order", "equal", _equal),
            ])
            .Concat(_ratios.Select((bucket, i) => Slice("length_ratio", LengthRatio.BucketNames[i], bucket)));
        return new PairMetrics(_all.Figures()) { Slices = [.. slices.OfType<PairSlice>()] };
    }

    private static FigureAccumulator Named(SortedDictionary<string, FigureAccumulator> names, string name)
    {
        if (names.TryGetValue(name, out var part))
            return part;
        if (names.Count >= ProvenanceFields.MaxNames)
            name = ProvenanceFields.Others;
        return names.TryGetValue(name, out part) ? part : names[name] = new FigureAccumulator();
    }

    private static PairSlice? Slice(string by, string name, FigureAccumulator part) =>
        part.Pairs == 0 ? null : new(part.Figures()) { By = by, Name = name };
}
