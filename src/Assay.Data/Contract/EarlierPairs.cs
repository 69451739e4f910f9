namespace Assay.Data.Contract;

/// <summary>
/// Pairs seen so far, by hash, for readers that set exact duplicates aside as <c>check</c> does: the first of several stays, at most 46
/// bytes a pair.
/// </summary>
public sealed class EarlierPairs
{
    private readonly DuplicateIndex _index = new();

    /// <summary>Notes a usable pair; the finding when the same context, chosen and rejected were noted before, else null.</summary>
    public Finding? Add(PreferencePair pair)
    {
        var (key, chosenFirst, _) = PairHash.Of(pair);
        return _index.Add(key, chosenFirst, 0).Duplicate ? DuplicateRow : null;
    }

    internal static Finding DuplicateRow { get; } =
        new(Reason.DuplicateRow, "the same context, chosen and rejected stood in an earlier row");
}
