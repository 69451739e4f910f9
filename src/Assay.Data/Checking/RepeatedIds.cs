using Assay.Data.Contract;

namespace Assay.Data.Checking;

/// <summary>Finds rows whose <c>id</c> stood before, in about 30 bytes a row: score files are joined to rows by it.</summary>
internal sealed class RepeatedIds
{
    private readonly PairHashIndex _seen = new();
    private long _count;
    private string? _first;
    private string? _place;

    public void Add(string? id, string file, long line)
    {
        if (id is null)
            return;
        _ = _seen.GetOrAdd(PairHash.Of(id), out var isNew);
        if (isNew)
            return;
        _count++;
        _first ??= id;
        _place ??= $"{file}:{line}";
    }

    /// <summary>What was found; null when every id stands once.</summary>
    public RepeatedIdStatistics? Result => _first is null ? null : new(_count, _first, _place!);
}

/// <param name="RowCount">Rows whose id an earlier row has.</param>
/// <param name="Id">The first such id.</param>
/// <param name="Place">File and line of the row that repeats it.</param>
public sealed record RepeatedIdStatistics(long RowCount, string Id, string Place);
