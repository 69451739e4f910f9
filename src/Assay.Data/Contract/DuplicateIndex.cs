namespace Assay.Data.Contract;

/// <summary>
/// Remembers every pair by its hash, so that the same row again and the same pair with the other winner are found in one pass and at most
/// 46 bytes a pair (and 40 to 60 more for one that comes again).
/// </summary>
internal sealed class DuplicateIndex
{
    private const long ChosenFirstBit = 1L << 62;
    private const long BothBit = 1L << 61;
    private const long PlaceMask = BothBit - 1;

    private readonly PairHashIndex _pairs = new();
    private readonly BlockList<long> _places = new();
    private readonly Dictionary<int, (int ChosenFirst, int RejectedFirst)> _repeated = [];
    private readonly PairHashIndex _setAside = new();

    /// <param name="Duplicate">The pair with this winner was seen before.</param>
    /// <param name="Contradicted">The pair was seen with the other winner.</param>
    /// <param name="EarlierPlace">Place of the first sighting, when this is the first to contradict it; else null.</param>
    public readonly record struct Sighting(bool Duplicate, bool Contradicted, long? EarlierPlace);

    /// <summary>Notes a decided pair. <paramref name="place"/> is handed back when a later row contradicts it.</summary>
    public Sighting Add(UInt128 key, bool chosenFirst, long place)
    {
        var pair = _pairs.GetOrAdd(key, out var isNew);
        if (isNew)
        {
            _places.Add(place | (chosenFirst ? ChosenFirstBit : 0));
            return default;
        }
        ref var known = ref _places[pair];
        var firstWas = (known & ChosenFirstBit) != 0;
        (int ChosenFirst, int RejectedFirst) counts = _repeated.TryGetValue(pair, out var before)
            ? before
            : (firstWas ? 1 : 0, firstWas ? 0 : 1);
        _repeated[pair] = chosenFirst ? (counts.ChosenFirst + 1, counts.RejectedFirst) : (counts.ChosenFirst, counts.RejectedFirst + 1);
        var seenSame = (chosenFirst ? counts.ChosenFirst : counts.RejectedFirst) > 0;
        var seenOther = (chosenFirst ? counts.RejectedFirst : counts.ChosenFirst) > 0;
        if (!seenOther || (known & BothBit) != 0)
            return new Sighting(seenSame, seenOther, null);
        known |= BothBit;
        return new Sighting(seenSame, true, known & PlaceMask);
    }

    /// <summary>
    /// Notes a row that is set aside for reasons of its own: it is compared with its like only, so that it never makes a good row a
    /// duplicate, and its order counts. True when it stood there before.
    /// </summary>
    /// <param name="key">The pair.</param>
    /// <param name="chosenFirst">Its order.</param>
    /// <param name="kind">What else has to be the same.</param>
    public bool AddSetAside(UInt128 key, bool chosenFirst, Reason kind)
    {
        _setAside.GetOrAdd(PairHash.Join(key, ((uint)kind << 1) + (chosenFirst ? 1u : 0u)), out var isNew);
        return !isNew;
    }

    /// <summary>Pairs that were decided more than once, how often by how many rows.</summary>
    public RepeatedPairs Repeated()
    {
        long rows = 0,
            contradictory = 0;
        double comparisons = 0,
            disagreements = 0;
        foreach (var (one, other) in _repeated.Values)
        {
            long count = one + other;
            rows += count;
            if (one > 0 && other > 0)
                contradictory++;
            comparisons += count * (count - 1) / 2.0;
            disagreements += (double)one * other;
        }
        return new RepeatedPairs(_repeated.Count, rows, contradictory, comparisons == 0 ? null : disagreements / comparisons);
    }
}

/// <summary>What pairs that were labelled more than once say about the labels' noise.</summary>
/// <param name="PairCount">Distinct pairs that were decided more than once.</param>
/// <param name="RowCount">Rows that hold them.</param>
/// <param name="ContradictoryPairCount">Of these pairs, how many have both winners.</param>
/// <param name="DisagreementShare">Share of the pairs of labels of one pair that differ, 0..1; null without any.</param>
public sealed record RepeatedPairs(int PairCount, long RowCount, long ContradictoryPairCount, double? DisagreementShare)
{
    /// <summary>
    /// The accuracy no model can be measured above on such labels, if repeated labels are independent and err with one rate e: two differ
    /// with 2e(1−e), so e = (1 − √(1−2d))/2 and the ceiling is 1 − e. Copied rows look like agreement, so with copies in the file the true
    /// ceiling is lower. Null without repeats.
    /// </summary>
    public double? AccuracyCeiling =>
        DisagreementShare is { } share
            ? share >= 0.5
                ? 0.5
                : 1 - (1 - Math.Sqrt(1 - 2 * share)) / 2
            : null;
}
