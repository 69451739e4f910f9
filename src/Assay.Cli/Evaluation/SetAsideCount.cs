namespace Assay.Cli.Evaluation;

/// <summary>Rows that took no part, counted by reason code.</summary>
internal sealed class SetAsideCount
{
    private readonly SortedDictionary<string, long> _byReason = new(StringComparer.Ordinal);

    public long Total => _byReason.Values.Sum();

    public void Add(string reason, long rows = 1) => _byReason[reason] = _byReason.GetValueOrDefault(reason) + rows;

    public IReadOnlyDictionary<string, long> ByReason => _byReason;

    /// <summary><c>over_length 2, tie_or_abstention 5</c>.</summary>
    public override string ToString() => string.Join(", ", _byReason.Select(entry => $"{entry.Key} {entry.Value}"));
}
